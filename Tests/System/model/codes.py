"""Codes of vouchers: derived from the id of what they are issued for, with a check character a part."""

import hashlib
import hmac

ALPHABETS = {
    "standard": "0123456789ABCDEFGHJKLMNPQRTVWXY",
    "coupon-code": "0123456789ABCDEFGHJKLMNPQRTUVWXY",
    "digits": "0123456789",
}
TAKEN_FOR = {"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "U": "V", "0": "O", "1": "I", "2": "Z", "5": "S"}


def check(part, number, alphabet):
    """Algorithm::CouponCode: the part's number, then for each character times 19 plus its place."""
    modulus = min(31, len(alphabet))
    value = number
    for character in part:
        value = value * 19 + alphabet.index(character)
    return alphabet[value % modulus]


def keyed(secret, message):
    """`secret`: a text, or bytes."""
    return hmac.new(secret if isinstance(secret, bytes) else secret.encode(), message.encode(), hashlib.sha256).digest()


def derived(secret, pool, pattern, alphabet, issue, counter):
    number = int.from_bytes(keyed(secret, f"voucher-code\n{pool}\n{issue}\n{counter}"), "big")
    texts, parts = [], 0
    for part in pattern.split("-"):
        if part.strip("#"):
            texts.append(part)
            continue
        parts += 1
        text = ""
        for _ in part[1:]:
            number, place = divmod(number, len(alphabet))
            text += alphabet[place]
        texts.append(text + check(text, parts, alphabet))
    return "-".join(texts)


def digest(secret, code):
    return keyed(secret, "voucher-digest\n" + code.replace("-", "")).hex()[:32]


def meant(character, alphabet):
    if character in alphabet:
        return character
    other = TAKEN_FOR.get(character, "")
    return other if other and other in alphabet else ""


def read(typed, pattern, alphabet):
    """The code that somebody meant, or None."""
    rest = [character.upper() for character in typed if character.isascii() and character.isalnum()]
    texts, parts = [], 0
    for part in pattern.split("-"):
        own, rest = rest[: len(part)], rest[len(part) :]
        if len(own) < len(part):
            return None
        if part.strip("#"):
            standard = ALPHABETS["coupon-code"]
            if any(meant(a, standard) != meant(b, standard) for a, b in zip(own, part, strict=True)):
                return None
            texts.append(part)
            continue
        parts += 1
        text = "".join(meant(character, alphabet) for character in own)
        if len(text) < len(part) or check(text[:-1], parts, alphabet) != text[-1]:
            return None
        texts.append(text)
    return None if rest else "-".join(texts)
