"""What is handed on of a judged answer: one record, and the files that others read made of it."""
