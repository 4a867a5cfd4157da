"""`{% generation %}` in a chat template, for Jinja."""

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser


class GenerationTag(Extension):
    """Marks the assistant's words, for training; for inference its content counts as if the tag were not there."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)  # the tag itself
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
