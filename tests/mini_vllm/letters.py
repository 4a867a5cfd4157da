"""A tokenizer for the small model: one letter a token, so that a test can say which text it wants."""

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ."


class LetterTokenizer:
    eos_token_ids = ()

    def __repr__(self) -> str:
        return "LetterTokenizer()"  # without an address: it stands in the ids of tests

    def encode(self, text, add_special_tokens=True):
        text.encode()  # as real tokenizers do, refuse a lone surrogate
        return [LETTERS.index(letter) for letter in text]

    def decode(self, token_ids, skip_special_tokens=True):
        return "".join(LETTERS[token_id] for token_id in token_ids)

    def apply_chat_template(self, messages, add_generation_prompt=True, chat_template_kwargs=None, **options):
        text = " ".join([message["content"] for message in messages] + [*(chat_template_kwargs or {}).values()])
        return self.encode(text + ("." if add_generation_prompt else ""))
