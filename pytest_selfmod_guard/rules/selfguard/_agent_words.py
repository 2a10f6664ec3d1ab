"""What instructions for agents must not say: to pass the guard by, or to hide."""

from __future__ import annotations

import re
from collections.abc import Iterator

_OFF = r"""
    \b(?: skip(?:s|ping)? | ignor(?:e|es|ing) | bypass(?:es|ing)? | disabl(?:e|es|ing)
      | circumvent(?:ing)? | evad(?:e|ing) | (?:turn|switch)(?:ing)?\ (?:it\ |them\ |this\ )?off
      | work(?:ing)?\ around | get(?:ting)?\ (?:around|past) | uninstall(?:ing)?
      | suppress(?:ing)? | silenc(?:e|ing) | overrid(?:e|ing) | comment(?:ing)?\ out
      | neutrali[sz](?:e|ing) | auto-?approv(?:e|ing) | opt(?:ing)?\ out\ of
      | (?:do\ not|don't|never|no\ need\ to|without|stop|avoid)
        \ (?:run|running|invok(?:e|ing)|wait(?:ing)?\ for) )
"""
_WITHIN = r"(?:\W+(?:\w+\W+){0,4}?)"
_WALLS = r"""
    (?: selfmod\S* | (?:the\ |our\ |commit\ )guards?\b | guardrails?
      | (?:git\ |commit\ |push\ |pre-?commit\ |safety\ )hooks?\b
      | hooks?\b(?!\ (?:call|function|method)) | pre-commit | codeowners | approvals?\b
      | permission\ (?:prompt|check|rule)s? | sandbox(?:ing)? | branch\ protection
      | security\ (?:polic|review|check|finding|warning|rule|scan)\w* | code\ review
      | bandit | gitleaks | safety\ (?:polic|rule|check|guideline)\w* )
"""
_FAILING = r"""
    (?: (?:fail|brok|flak|red\b)\w*\W+(?:\w+\W+)?
        (?:tests?|checks?|assertions?|ci|builds?|jobs?)\b
      | (?:tests?|checks?|assertions?|asserts)\W+(?:that|which|if|when)\W+(?:\w+\W+){0,3}
        (?:fail|brok|break|block|complain)\w*
      | (?:lint|type|mypy|ruff|ci|test)\w*\W+(?:errors?|failures?|warnings?)\b )
"""
_BYPASSES = rf"""
    {_OFF}{_WITHIN}{_WALLS}
  | (?:{_OFF}|\b(?:delet|remov|weaken|loosen|relax)(?:e|ing)?\b){_WITHIN}{_FAILING}
  | \b(?:if|when|whenever)\b[^.;]{{0,40}}\b(?:tests?|checks?|hooks?|guard|linter|ci)\b[^.;]{{0,40}}
    \b(?:fail|block|complain|refuse|den|reject)\w*[^.;]{{0,40}}
    \b(?:skip|delete|remove|disable|bypass|ignore|xfail|comment|noqa|nosec|suppress|mark)\b
  | --no-verif\w* | \bno-verify\b | \bcore\.hookspath\b | (?<![\w-])skip=[\w-]+ | \bhusky=0\b
  | \bpre-commit\ uninstall\b | \bgit\ commit(?:\ -\w+)*\ -\w*n\w*\b | --dangerously-\w+
  | \bbypasspermissions\b | --yolo\b | \bselfmod_guard_\w+=
  | \bselfmod-guard\ (?:disable|breaker\ reset)
  | \badd\b[^.;]{{0,40}}\#?\ ?(?:nosec|noqa|type:\ ignore|pragma:\ no\ cover|selfmod:\ allow)\b
    [^.;]{{0,60}}\b(?:to|when|if|so|until|wherever|silence|pass)\b
  | \bwithout\ (?:asking(?=\ (?:me|first|us|for|permission|anyone|the\ user)|[^\ ]|$)
    |approval|permission|confirm\w+|(?:any\ |human\ )?review|waiting\ for\ (?:approval|review))\b
  | \b(?:auto-?merge|force-?push|push\ directly|merge\ directly)\b[^.;]{{0,40}}
    \b(?:main|master|even|without)\b
"""
_OVERRIDES = r"""
    \b(?:ignore|disregard|forget|override|drop)\b[^.;]{0,30}
    \b(?:previous|prior|above|earlier|preceding|existing|former|all\ (?:other|your))\b[^.;]{0,30}
    \b(?:instructions?|rules?|prompts?|guidelines?|directions?|constraints?|messages?|context)\b
  | \bforget\ everything\b | \byou\ are\ now\ (?:a|an|in|the|free|no\ longer)\b
  | \bnew\ system\ prompt\s*: | \bdeveloper\ mode\b | \bjailbr(?:eak|oken)\w*
  | \b(?:take|has|have|takes)\ precedence\ over\ (?:all|any|every|the\ system|system)\b
  | \b(?:do\ not|don't|never)\b[^.;]{0,25}
    \b(?:tell|mention|inform|reveal|disclose|report|notify|alert|show)\b[^.;]{0,30}
    \b(?:users?|humans?|reviewers?|maintainers?|operators?|developers?|owners?|anyone)\b
  | \b(?:keep\ (?:this|it)\ (?:secret|hidden|quiet)|hide\ (?:this|it|these|that)\ from)\b
  | \b(?:send|post|upload|transmit|forward|exfiltrate|append|leak|include|encode)\b[^;]{0,90}
    (?<!\w)(?:environment\ variables?|env\ vars?|printenv|\.env|tokens?|secrets?|api[\ _-]?keys?
       |credentials?|passwords?|\.ssh|id_rsa|private\ keys?)\b[^;]{0,90}
    (?:https?:|\bto\b[^;]{0,20}\b(?:server|endpoint|webhook|url|address|host)\b)
  | \b(?:curl|wget)\b[^;|]{0,120}\|\s*(?:sudo\ )?(?:ba|z)?sh\b
  | \bbase64\ (?:-d|--decode)\b[^;]{0,40}\|\s*(?:ba)?sh\b
"""
_NOT = re.compile(
    r"\b(?:never|not|don't|dont|doesn't|cannot|can't|mustn't|shouldn't|avoid|forbid\w*|prohibited"
    r"|no|refuse|rather than|instead of|disallow\w*|isn't|won't|unless|only if|resist|reject|denied"
    r"|nor|block\w*|detect\w*|prevent\w*|protects? against|without)\b"
)
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\u3164\ufff9-\ufffb"
    "\U000e0000-\U000e0fff]|(?<=[A-Za-z0-9 .,])[\u200c\u200d]+(?=[A-Za-z0-9 .,])|(?<!^)\ufeff"
)
_LENIENT = r"""
    \b(?:may|can|could|should|might|are\ (?:free|allowed)\ to|feel\ free\ to|ok(?:ay)?\ to|fine\ to
       |please|always|simply|just)\b[^.;]{0,30}
    \b(?:skip|delete|remove|disable|weaken|loosen|relax|xfail|comment\ out|deselect)\b[^.;]{0,40}
    \b(?:tests?|assert\w*|checks?|type\ checks?|coverage|reviews?)\b
  | \b(?:tests?|assert\w*|checks?)\b[^.;]{0,60}\b(?:may|can|could|should)\ be\ (?:\w+\ )?(?:or\ )?
    (?:skipped|deleted|removed|disabled|weakened|loosened|relaxed|xfailed|ignored|commented)
  | \b(?:weaken|loosen|relax|delete|skip|disable|remove)\b[^.;]{0,30}
    \b(?:tests?|assert\w*|checks?)\b[^.;]{0,40}
    \b(?:so\ that|if\ necessary|if\ needed|until|to\ make|to\ get|in\ the\ way)\b
  | \b(?:adjust|change|edit|update|rewrite|regenerate|overwrite|adapt)\b[^.;]{0,40}
    \b(?:expected|expectations?|goldens?|golden\b[^.;]{0,12}|snapshots?|assert\w*)\b[^.;]{0,40}
    \b(?:when(?:ever)?|if|until|so\ that|to\ make|to\ get)\b[^.;]{0,40}\b(?:fail|pass|red|green)\w*
  | \b(?:adjust|change|fit)\b[^.;]{0,20}\bexpected\ (?:values?|results?|outputs?)\b
  | \bno\ need\ to\b[^.;]{0,20}\brun\b[^.;]{0,20}\b(?:tests?|pytest|checks?|linters?)\b
  | \bpush\b[^.;]{0,20}\b(?:to\ )?(?:main|master)\b[^.;]{0,20}\b(?:directly|straight|at\ once)\b
  | \b(?:tests?|ci)\ (?:is|are)\ (?:optional|not\ (?:needed|required|necessary))\b
"""
_DEMANDS = r"""
    \b(?:never|do\ not|don't|must\ not|may\ not|mustn't|no)\b[^.;]{0,60}
    \b(?:skip|delete|remove|change|edit|touch|modify|weaken|disable|push|merge|commit|bypass|xfail
       |ignore|force|mock)\w*\b[^.;]{0,60}
    \b(?:tests?|goldens?|snapshots?|assert\w*|checks?|main|master|ci|hooks?|expected|secrets?
       |workflows?|coverage)\b
  | \b(?:always\ )?(?:run|execute)\b[^.;]{0,40}\b(?:pytest|tests?|make\ (?:test|check)|tox|nox|ci)\b
    [^.;]{0,40}\b(?:before|after|every|each|until|always)\b
  | \b(?:wait\ for|ask\ for|needs?|requires?)\b[^.;]{0,30}\b(?:human|review|approval)\b
"""
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n\s*\n|\n\s*(?=[-*+#>|]|\d+[.)])|<!--|-->")
_MARKUP = re.compile(r"[`*_\"“”]+")
_LONGEST = 2000  # characters of a sentence that are looked at
_BYPASSING = re.compile(_BYPASSES, re.VERBOSE)
_ALLOWING = re.compile(_LENIENT, re.VERBOSE)
_DEMANDING = re.compile(_DEMANDS, re.VERBOSE)
_OVERRIDING = re.compile(_OVERRIDES, re.VERBOSE)


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Give each sentence in plain small letters on one line, with the line it begins on."""
    start = 0
    for found in [*_SENTENCES.finditer(text), None]:
        end = found.start() if found else len(text)
        raw = text[start:end]
        if said := " ".join(_MARKUP.sub("", raw).split()):
            lead = len(raw) - len(raw.lstrip())
            yield text.count("\n", 0, start + lead) + 1, said.lower()[:_LONGEST]
        start = found.end() if found else end


def hidden(text: str) -> int:
    """Give the line of the first character that nobody sees; 0 where there is none."""
    found = _INVISIBLE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def against_us(sentence: str) -> str:
    """Say what a sentence asks of an agent that nobody should; nothing where it does not."""
    if _OVERRIDING.search(sentence):
        return "asks agents to drop their instructions, to act in secret or to send secrets out"
    for found in _BYPASSING.finditer(sentence):
        if not _NOT.search(sentence[: found.start()]):
            return "asks agents to do without a check"
    for found in _ALLOWING.finditer(sentence):
        if not _NOT.search(sentence[: found.start()]):
            return "lets agents do without a check, or fit it to the code"
    return ""


def demands(sentence: str) -> bool:
    """Tell whether a sentence protects tests, a branch or a review from agents."""
    return _DEMANDING.search(sentence) is not None and not against_us(sentence)


def forbids(sentence: str) -> bool:
    """Tell whether a sentence forbids what would pass a check by."""
    return _BYPASSING.search(sentence) is not None and not against_us(sentence)
