"""Templates that a workspace brings: they may look different, and can do no harm."""

from pathlib import Path

import pytest

from notifiers.sources import LARGEST, SHIPPED, read_sources, templates_digest
from notifiers.templating import LARGEST_OUTPUT, fill
from tests.notifiers.reading import parsed, refused, rendered
from tests.notifiers.samples import EO, OT, owner_telling, subject, telling

DATA = {"message": {"lead": "Lead", "sections": [{"title": "New", "subjects": ["a", "b"]}], "revised": False}}

HOSTILE = [
    # to run a program or read a file
    "{{ ''.__class__ }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ message['__class__'] }}",
    "{{ message.__init__.__globals__ }}",
    "{{ colour.__class__.__base__ }}",
    "{% import 'parts.html.j2' as parts %}{{ parts.chip._func.__globals__ }}",
    "{% import 'parts.html.j2' as parts %}{{ parts.__loader__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{% for x in message.sections %}{{ loop.__init__.__globals__ }}{% endfor %}",
    "{{ ''|attr('__class__') }}",
    "{{ message|map(attribute='__class__')|list }}",
    "{% import '../../secrets.yaml' as other %}{{ other.x }}",
    "{% include '/etc/passwd' %}",
    "{% extends 'owner.txt.j2' %}",
    # to call what is handed in, or change it
    "{{ message.keys() }}",
    "{{ message.lead.upper() }}",
    "{{ message.lead.format(1) }}",
    "{{ message.clear() }}",
    "{{ message.sections.append(1) }}",
    "{{ environment.call(1) }}",
    "{{ spend(1) }}",
    "{% set message.lead = 'x' %}",
    # to fill the memory, or never end
    "{{ 'x' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 'x'.ljust(1000000000) }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%1000000000d'|format(1) }}",
    "{% for i in range(1000000000) %}x{% endfor %}",
    "{{ [[[[1]]]]|string }}",
    "{{ message.lead ~ message.lead }}",
    "{% set big %}" + "x" * 1000 + "{% endset %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "{% import 'owner.txt.j2' as me %}{{ me.x }}",
    "{{ message.lead|replace('L', 'x')|wordwrap(1) }}",
    "{% for a in message.sections recursive %}{{ loop(message.sections) }}{% endfor %}",
    # to slip markup past the escaping, or show what is no text
    "{{ '<script>'|safe }}",
    "{% autoescape false %}{{ message.lead }}{% endautoescape %}",
    "{{ message }}",
    "{{ message.sections }}",
    "{% import 'parts.html.j2' as parts %}{{ parts.chip }}",
    # to break what reads it
    "{% for a in message.sections %}" * 25 + "{% endfor %}" * 25,
    "{% if message %}" * 300 + "{% endif %}" * 300,
    "{% if message %}" * 1500 + "{% endif %}" * 1500,
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "not " * 5000 + "1 }}",
    "{{ message" + ".a" * 5000 + " }}",
    "{{ " + "1 if 1 else " * 3000 + "1 }}",
    "{{ " + "9" * 10000 + " }}",
    "{{ 1e999 }}",
    # plain mistakes
    "{{ message.led }}",
    "{{ nothing }}",
    "{{ message.lead",
    "{% if %}",
    "{{ 1 / 0 }}",
    "{{ message.lead < 1 }}",
    "{{ message.lead|upper(1) }}",
    "{{ message.revised|upper }}",
    "{{ nothing|upper }}",
    "{{ message.lead|join }}",
    "{{ message.revised|length }}",
    "{% import 'parts.html.j2' as parts %}{{ parts.chip(1, 2, 3) }}",
    "{{ message.lead is divisibleby 2 }}",
]


def folder(tmp_path: Path, name: str, text: str | bytes) -> Path:
    templates = tmp_path / "config" / "templates"
    templates.mkdir(parents=True, exist_ok=True)
    (templates / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return templates


def failure(tmp_path: Path, text: str, name: str = "owner.txt.j2") -> str:
    result = fill(name, DATA, folder(tmp_path, name, text))
    assert not isinstance(result, str), result[:200]
    assert "\n" not in result.sentence
    return result.sentence


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", ["owner.txt.j2", "owner.html.j2"])
def test_a_hostile_or_broken_template_is_refused_with_its_place(tmp_path: Path, name: str, text: str) -> None:
    said = failure(tmp_path, "first line\n" + text, name)
    assert said.startswith(f"config/templates/{name}:")
    assert said.endswith("correct the template") or "shorten" in said


def doubling(times: int) -> str:
    """Macros that each show the one before twice."""
    macros = ["{% macro m0() %}xxxxxxxxxx{% endmacro %}"]
    macros += [
        f"{{% macro m{n}() %}}{{{{ m{n - 1}() }}}}{{{{ m{n - 1}() }}}}{{% endmacro %}}" for n in range(1, times + 1)
    ]
    return "".join(macros) + f"{{% set text = m{times}() %}}"


def nested(depth: int) -> str:
    loops = [f"{{% for a{n} in message.many %}}" for n in range(depth)]
    return "".join(loops) + "{% endfor %}" * depth


@pytest.mark.parametrize("text", [doubling(60), nested(12), "{% macro m() %}" + nested(9) + "{% endmacro %}{{ m() }}"])
def test_a_template_that_works_without_end_is_stopped(tmp_path: Path, text: str) -> None:
    data = {"message": {"many": ["x"] * 50}}
    result = fill("owner.txt.j2", data, folder(tmp_path, "owner.txt.j2", text))
    assert not isinstance(result, str)
    assert "works without end" in result.sentence


def test_a_message_that_grows_too_large_is_refused(tmp_path: Path) -> None:
    data = {"message": {"many": ["x" * 1000] * 400}}
    text = "{% for one in message.many %}{{ one }}{% endfor %}"
    result = fill("owner.txt.j2", data, folder(tmp_path, "owner.txt.j2", text))
    assert not isinstance(result, str)
    assert f"beyond {LARGEST_OUTPUT // 1024} KB" in result.sentence


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("one\ntwo\n{{ message.lead ~ 'x' }}", "config/templates/owner.txt.j2:3: `~` can't be used"),
        ("one\n{{ message.led }}", "config/templates/owner.txt.j2:2: 'dict object' has no attribute 'led'"),
        ("{{ 'a'|safe }}", "config/templates/owner.txt.j2:1: No filter named 'safe'"),
        ("\n\n{% include 'x' %}", "config/templates/owner.txt.j2:3: `include` can't be used"),
        ("{% import 'x.j2' as x %}", "config/templates/owner.txt.j2:1: there is no template x.j2"),
        ("{{ message }}", "config/templates/owner.txt.j2:1: only text can be shown, not a dict"),
    ],
)
def test_the_sentence_says_where_and_what(tmp_path: Path, text: str, said: str) -> None:
    assert failure(tmp_path, text).startswith(said)


def test_the_line_is_found_in_a_file_that_another_uses(tmp_path: Path) -> None:
    folder(tmp_path, "ours.txt.j2", "{% macro chip() %}\n\n{{ nothing }}{% endmacro %}")
    said = failure(tmp_path, "{% import 'ours.txt.j2' as ours %}\n{{ ours.chip() }}")
    assert said.startswith("config/templates/ours.txt.j2:3: 'nothing' is undefined")


def test_what_comes_from_a_return_is_escaped_in_the_html(tmp_path: Path) -> None:
    data = {"message": {"names": ["<b>x</b>", "&"], "lead": "<script>"}}
    templates = folder(tmp_path, "owner.html.j2", "{{ message.lead|upper }} {{ message.names|join('<br>') }}")
    assert fill("owner.html.j2", data, templates) == "&lt;SCRIPT&gt; &lt;b&gt;x&lt;/b&gt;&lt;br&gt;&amp;"


def test_a_workspace_may_write_its_own_message(tmp_path: Path) -> None:
    text = "{% for section in message.sections %}{{ section.title|lower }}: {{ section.subjects|length }}\n{% endfor %}"
    templates = folder(tmp_path, "owner.txt.j2", text)
    plain = parsed(rendered(owner_telling(), templates)).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["new: 2", "worse: 1", "continuing: 2", "better: 1"]


def test_a_workspace_without_templates_uses_the_shipped_ones(tmp_path: Path) -> None:
    assert rendered(telling(), tmp_path / "config" / "templates") == rendered(telling())


def test_a_template_at_fault_stops_its_message_and_raises_nothing(tmp_path: Path) -> None:
    said = refused(telling(), folder(tmp_path, "owner.html.j2", "{{ message.led }}"))
    assert said.startswith("config/templates/owner.html.j2:1: ")


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\xff\xfe", "is not UTF-8 text"), (b"x" * (LARGEST + 1), "is larger than 64 KB")],
)  # fmt: skip
def test_a_file_that_is_no_template_is_refused_by_name(tmp_path: Path, data: bytes, said: str) -> None:
    assert refused(telling(), folder(tmp_path, "digest.txt.j2", data)).startswith(
        f"config/templates/digest.txt.j2 {said}"
    )


def test_a_template_that_leads_out_of_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("{{ message.lead }}", encoding="utf-8")
    templates = folder(tmp_path, "other.txt.j2", "")
    (templates / "owner.txt.j2").symlink_to(tmp_path / "secret")
    assert "leads out of its folder" in refused(telling(), templates)


def test_a_folder_in_place_of_a_template_is_refused(tmp_path: Path) -> None:
    templates = folder(tmp_path, "other.txt.j2", "")
    (templates / "owner.txt.j2").mkdir()
    assert "is no plain file" in refused(telling(), templates)


def test_a_shipped_template_that_fails_is_our_own_fault() -> None:
    with pytest.raises(Exception, match="'message' is undefined"):
        fill("owner.txt.j2", {}, None)


def test_more_subjects_than_a_message_can_hold_are_refused_with_what_to_do() -> None:
    many = tuple(subject(f"Project {n} " + "x" * 400, EO, OT) for n in range(400))
    said = refused(telling(kind="digest", subjects=many, reasons={}))
    assert "let config/audiences.yaml tell of fewer subjects" in said


def test_a_digest_of_a_hundred_subjects_is_no_trouble() -> None:
    many = tuple(subject(f"Project number {n}", EO, OT) for n in range(100))
    assert len(rendered(telling(kind="digest", subjects=many, reasons={})).body) < 2 * LARGEST_OUTPUT


# ---- the shipped ones, and the digest of all


def test_shipped_templates_vouch_for_no_text() -> None:
    assert len(list(SHIPPED.glob("*.j2"))) == 12
    for path in SHIPPED.glob("*.j2"):
        text = path.read_text(encoding="utf-8")
        assert "safe" not in text
        assert "Markup" not in text
        assert "autoescape" not in text


def test_the_digest_is_that_of_what_is_used(tmp_path: Path) -> None:
    shipped = templates_digest(None)
    assert shipped == templates_digest(tmp_path / "none") == templates_digest(tmp_path)
    templates = folder(tmp_path, "owner.txt.j2", "one")
    first = templates_digest(templates)
    folder(tmp_path, "owner.txt.j2", "two")
    assert len({shipped, first, templates_digest(templates)}) == 3
    folder(tmp_path, "owner.txt.j2", (SHIPPED / "owner.txt.j2").read_bytes())
    assert templates_digest(templates) == shipped


def test_the_digest_survives_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert templates_digest(folder(tmp_path, "owner.txt.j2", b"\xff")) != templates_digest(None)


def test_a_source_is_named_as_a_person_finds_it(tmp_path: Path) -> None:
    shown = {source.name: source.shown for source in read_sources(folder(tmp_path, "owner.txt.j2", "x"))}
    assert shown["owner.txt.j2"] == "config/templates/owner.txt.j2"
    assert shown["owner.html.j2"] == "notifiers/templates/owner.html.j2"
