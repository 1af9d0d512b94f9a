"""What the comparisons with other libraries share: operands, and ONNX models of one node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import numpy as np

import symconv

OPSET = 22
Run = Callable[[Any, dict[str, Any]], Any]
"""What carries a model out: a model and what to feed it."""


def some(random: Random, rank: int, low: int, high: int) -> list[int]:
    return [random.randint(low, high) for _ in range(rank)]


def integers(random: Random, *shape: int) -> Any:
    return np.random.default_rng(random.randint(0, 2**32 - 1)).integers(-9, 10, shape)


def unless(codes: str, call: Callable[..., Any], *operands: Any, **options: Any) -> Any:
    """Return what a call gives, or None when it is refused with one of the codes."""
    try:
        return call(*operands, **options)
    except symconv.SymconvError as error:
        if error.code in codes.split():
            return None
        raise


def flat(pads: Sequence[Sequence[int]]) -> list[int]:
    """Return pairs as ONNX writes them: all befores, then all afters."""
    return [before for before, _ in pads] + [after for _, after in pads]


def model_of(
    op: str,
    operands: Sequence[Any],
    out: str | Sequence[str] = "float32",
    *,
    constants: bool = False,
    opset: int = OPSET,
    **attributes: Any,
) -> tuple[Any, dict[str, Any]]:
    """Return a model of one node and what to feed it.

    An operand may be None, an optional one left out; all but the first may be ``constants``.
    ``out`` is the type of the output, or those of several.
    """
    from onnx import helper, numpy_helper

    kind = helper.np_dtype_to_tensor_dtype
    arrays = {f"i{at}": np.asarray(v) for at, v in enumerate(operands) if v is not None}
    names = [f"i{at}" if f"i{at}" in arrays else "" for at in range(len(operands))]
    types = {f"o{at}": np.dtype(v) for at, v in enumerate([out] if isinstance(out, str) else out)}
    fed = names[:1] if constants else list(arrays)
    graph = helper.make_graph(
        [helper.make_node(op, names, list(types), **attributes)],
        "one-node",
        [helper.make_tensor_value_info(n, kind(arrays[n].dtype), arrays[n].shape) for n in fed],
        [helper.make_tensor_value_info(name, kind(of), None) for name, of in types.items()],
        [numpy_helper.from_array(arrays[name], name) for name in arrays if name not in fed],
    )
    opsets = [helper.make_opsetid("", opset)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    return model, {name: arrays[name] for name in fed}


def by_onnxruntime(model: Any, feeds: dict[str, Any]) -> Any:
    """Return the output of a model, or a list of several."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return _one_or_all(session.run(None, feeds))


def by_reference(model: Any, feeds: dict[str, Any]) -> Any:
    """Return the output of a model, or a list of several."""
    from onnx.reference import ReferenceEvaluator

    return _one_or_all(ReferenceEvaluator(model).run(None, feeds))


def _one_or_all(outputs: list[Any]) -> Any:
    return outputs[0] if len(outputs) == 1 else outputs


def runtime(
    op: str, operands: Sequence[Any], out: str | Sequence[str] = "float32", **attributes: Any
) -> Any:
    """Return what onnxruntime computes for one node."""
    return by_onnxruntime(*model_of(op, operands, out, **attributes))


def reference(
    op: str, operands: Sequence[Any], out: str | Sequence[str] = "float32", **attributes: Any
) -> Any:
    """Return what the ONNX reference computes for one node."""
    return by_reference(*model_of(op, operands, out, **attributes))


def singles(*operands: Any) -> list[Any]:
    """Return operands as arrays of float32."""
    return [np.asarray(values, dtype=np.float32) for values in operands]
