"""`{% generation %}` in a chat template, for Jinja."""

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser


class GenerationTag(Extension):
    """Renders its content. Training uses the tag to mask everything but the assistant's answers."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        next(parser.stream)  # the tag itself
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)
