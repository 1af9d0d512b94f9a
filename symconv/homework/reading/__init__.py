"""From the text of a student to exact values; text is data here and is never carried out.

characters, names and tokens say what the signs are; grammar gives the steps of a cell in postfix
order, arithmetic takes them within limits, writing shows them; cells puts it all together.
"""
