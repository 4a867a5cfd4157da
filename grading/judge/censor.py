"""What a hidden test says, without what a student's function made of its numbers."""

SHORT = 12  # characters; what is shorter is left as it is: a wrong count, a token, a type
MARK = "(left out)"


def censored(text: str, hidden_answers: list[str]) -> str:
    """`text` without the beginnings, longer than SHORT, of what calls from hidden tests returned.

    A function may return the arguments themselves, as text, for a message to show.
    """
    for answer in hidden_answers:
        at = text.find(answer[:SHORT]) if len(answer) > SHORT else -1
        while at >= 0:
            end = at + SHORT
            while end < len(text) and end - at < len(answer) and text[end] == answer[end - at]:
                end += 1
            text = text[:at] + MARK + text[end:]
            at = text.find(answer[:SHORT], at + len(MARK))
    return text
