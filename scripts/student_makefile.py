"""The students' Makefile: the course's own, without what needs solutions, tests or grading."""

import re

TARGETS = ("help", "check", "python", "install-labs", "lab", "clean")
LACKING = ("grading", "tests")  # folders that the bundle does not have


def student_makefile(makefile: str) -> str:
    """The rules of TARGETS, and of everything else what they use. Errors: ValueError if one of them has no rule."""
    kept = []
    for block in makefile.split("\n\n"):
        rules = re.findall(r"^([\w-]+):", block, re.MULTILINE)
        if all(rule in TARGETS for rule in rules):
            kept.append(_help(block) if rules == ["help"] else block)
    text = "\n\n".join(kept)
    missing = [target for target in TARGETS if not re.search(rf"^{target}:", text, re.MULTILINE)]
    if missing:
        raise ValueError(f"The Makefile has no rule for {', '.join(missing)}, which the student version needs.")
    text = re.sub(r"(?:^\.PHONY:.*\n)+", f".PHONY: {' '.join(TARGETS)}\n", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=\bfind )[\w ]+(?= -)", lambda folders: _without_lacking(folders[0]), text)
    unused = [name for name in re.findall(r"^(\w+) =$", text, re.MULTILINE) if f"$({name})" not in text]
    text = re.sub(rf"^({'|'.join(unused) or '(?!)'}) =\n", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def _help(block: str) -> str:
    """The list of commands, without those of others and their options."""
    lines, wanted = [], True
    for line in block.split("\n"):
        said = re.match(r'\t@echo "(\s*)(?:make ([\w-]+))?', line)
        if said and said[2]:
            wanted = said[2] in TARGETS and "FOR=instructor" not in line
        elif said and not said[1]:  # neither a command nor its options: a headline, or a closing remark
            wanted = not line.endswith(':"')
        if wanted:
            lines.append(line)
    return "\n".join(lines)


def _without_lacking(folders: str) -> str:
    return " ".join(folder for folder in folders.split() if folder not in LACKING)
