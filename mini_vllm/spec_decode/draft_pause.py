"""When a request goes without drafts, because its last ones cost more than they brought."""

from dataclasses import dataclass

MIN_ACCEPTED = 2  # a step with drafts takes up to 2.6 times as long as one without, and gives one token anyway
FIRST_PAUSE, LONGEST_PAUSE = 2, 64  # tokens


@dataclass
class DraftPause:
    """Twice as long after each draft that does not pay, and short again after one that does.

    It depends on the request's own tokens only, so it is the same in every run.
    """

    until: int = 0  # there are drafts again once the request has this many tokens
    length: int = FIRST_PAUSE  # of the next pause

    def update(self, num_tokens: int, num_drafts: int, num_accepted: int) -> None:
        """Learn from a step with drafts. num_tokens: of the request, after the step."""
        if num_accepted >= min(MIN_ACCEPTED, num_drafts):
            self.length = FIRST_PAUSE
        else:
            self.until, self.length = num_tokens + self.length, min(2 * self.length, LONGEST_PAUSE)
