"""Forms of clauses that tell who may apply: short patterns over the tags of words (see `tag` in applicants.toml)."""

from __future__ import annotations

import re
from typing import NamedTuple


class ClauseForm(NamedTuple):
    """Form of a clause."""

    name: str
    pattern: re.Pattern[str]
    side: str
    """Place of its applicants: "before" or "after"."""
    weak: bool = False
    """It may also speak of those who benefit."""


def _cue(name: str, pattern: str, side: str, *, weak: bool = False) -> ClauseForm:
    return ClauseForm(
        name, re.compile(pattern.replace("~", r"[^mXB:;?]").replace("_", r"(?:[^ivtfEmXabB:;?,&]|(?<=j)[&,])")), side, weak
    )


REFUSAL = r"[^;?B]{0,6}B[^;?]{0,3}?[xX][^;?]{0,4}[Hkla]"
"""Tags of the rest of a clause about taking part: "men inte stå som sökande"."""
# In a pattern, "~" is a word of the same clause and "_" a word that may be before a noun. All repeats are bounded: linear time.
CLAUSE_FORMS = (
    _cue(
        "independent", r"[kny][^;?B:mX]{0,4}?(?:m[^mXB:;?n]{0,2}?)?b\.?3(?=[^B:;?]{0,6}n)|[kny](?:mx|X)5[vi]?(?=_{0,3}n)", "after"
    ),
    _cue("member", r"m[^mXB:;?n]{0,1}?D(?=\.{1,3}[,;])", "before"),
    _cue("member", r"m[^mXB:;?n]{0,2}?[b5D][^B:;?n,]{0,3}?4", "before"),
    _cue("member", r"4m[^mXB:;?n]{0,2}?[bD5](?=[^B:;?n]{0,8}n)", "after"),
    _cue("member", r"4m(?=[^B:;?mXD]{1,12}D)|4(?=[^nmXB:;?,]{0,8}nm[^nB:;?]{0,2}D)", "after"),
    _cue("heading", r"^[^n]{0,2}f?w(?=[?:;]|$)", "after"),
    _cue("heading", r"w[rO]?[mX][^?:n]{0,4}?(?:[agpeklR]|b[kle])[^?:n&,B]{0,8}", "after"),
    _cue("heading", r"w[mX][^?:n]{0,2}?\$(?=\?)", "after"),
    _cue("heading", r"w[^?:n]{0,4}T[^?:n]{0,6}", "after"),
    _cue("heading", r"^w[^?:n]{0,4}f(?=\?)", "after"),
    _cue("heading", r"wb[^?:n]{0,4}[kMe][^?:n]{0,4}", "after"),
    _cue("heading", r"w[^?:n]{0,3}?K", "after"),
    _cue("heading", r"^\.?(?:x\.?e[.k]{0,2}(?=[:;]?$)|6n?(?=[:;]?$|:))", "after"),
    _cue("heading", r"^[^nmXB]{0,3}[kM][^nmXbB?:,]{0,3}(?=[?:;]?$|:)", "after"),
    _cue("applying", r"[mX]~{0,16}?a", "before"),
    _cue("applying", r"[mX]~{0,8}?U(?:~{0,3}?[Ag]|(?=[.;]?$))", "before"),
    _cue("lead", r"[mX]~{0,3}?H", "before"),
    _cue("denied", r"(?<=n)b?(?:x[Gg]|[Gg]x)[^nmXB:;?]{0,3}?[$S](?!t_{0,4}n)", "before"),
    _cue("getting", r"[mX]~{0,8}?g(?=[^B:;?n]{0,6}[$#S])", "before", weak=True),
    _cue("getting", r"m[xZ]{0,2}\.?[$S]", "before", weak=True),
    _cue("denied", r"[mX]~{0,3}?G(?=[^B:;?n]{0,4}[$#S])", "before"),
    _cue("present", r"(?<=[n,])g(?=[^B:;?n]{0,2}[$#])", "before", weak=True),
    _cue("present", r"r[^n:;?]{0,2}?J", "before"),
    _cue("getting", r"(?:[mX][^mXnB:;?]{0,3})?R(?=[^B:;?n]{0,4}[$#cS])", "before"),
    _cue("applicant", r"(?<=r)s,(?=_{0,3}n(?:[&,]_{0,2}n){1,6};?$)", "after"),
    _cue("present", r"(?<=n)s(?=[v,;&])|(?<=r)[xZ]?s|s(?=\.?[$Aq])|s;?$|(?<=n)a(?=[ift$A]|[.;]?$)", "before"),
    _cue("by", r"[mX]?[xoZ]{0,2}p[^v,B:;?n]{0,4}?[vf](?=[^B;?]{0,6}n)", "after"),
    _cue("by", r"(?<=[n,j])Bx?[oZ]?v(?=_{0,4}n)", "after"),
    _cue("by", r"A[^B:;?n]{0,8}?[uG][^v,B:;?n]{0,4}?v", "after"),
    _cue("by", r"A[^B:;?,nL]{0,3}v(?=_{0,4}n)", "after", weak=True),
    _cue("led", r"(?:m[^mXB:;?n]{0,3}?)?L[^vB:;?n]{0,3}?v", "after"),
    _cue("lead", r"[mX]?[^mXB:;?n]{0,2}b[^n:;?]{0,2}?l", "before"),
    _cue("lead", r"l[^n:;,?]{0,5}?[b:]", "after"),
    _cue("applicant", r"[mX]?[xZ]?b[xZ]?[^n:;?,]{0,2}?(?:[ke]|s(?=[.;]?$))", "before"),
    _cue("applicant", r"(?<=n)[bd][xZ]?i\.?M", "before"),
    _cue("excluded", r"K|b[xZ]?[^n:;?,]{0,2}?6", "before"),
    _cue("welcome", r"b[xZ]?\.?I(?![tf])", "before", weak=True),
    _cue("applicant", r"[ke][^n:;,?]{0,4}?b?h(?=_{0,4}n)", "after"),
    _cue("lead", r"l[^n:;,?]{0,9}?h(?=_{0,4}n)", "after"),
    _cue("applicant", r"(?<=a),V(?=[^mXB:;?]{0,5}n)", "after"),
    _cue("exception", r"(?<=[ase])(?:,[^nmXB:;]?)?xf?(?=_{0,3}n)", "after"),
    _cue("applicant", r"(?:[ke]|^[^n]{0,2}M)[^n:;,?]{0,5}?(?::|b(?=[^ivtfEmXabB;?]{0,6}[n:]))", "after"),
    _cue("applicant", r"^yrs[^nmXB:;,?]{0,3}?m(?:[^n:;,?]{0,2}?[bh]|(?=n))", "after"),
    _cue("applicant", r"^y?s[^n:;,?]{0,3}?m[^n:;,?]{0,2}?[bh]", "after"),
    _cue("applicant", r"en[^:;,?]{0,4}?[b:]", "after"),
    _cue("applicant", r"k[mX]?(?=n)", "after"),
    _cue("applicant", r"k[^nB:;?]{0,24}&mZ?b(?=_{0,4}n)", "after"),
    _cue("target", r"x?T[^B:;?,n]{0,4}?[tf]", "after"),
    _cue("target", r"b\.?T(?=_?n)", "after"),
    _cue("target", r"c[^B:;?n,]{0,2}b[xoZ]{0,2}f", "after"),
    _cue("refused", r"[xX][cG$S2F](?=_{0,3}n)|[2F]x(?=_{0,3}n)", "after"),
    _cue(
        "refused",
        r"^[^nmXB:;?,ivtf]{0,3}[c$A][^nmXB:;?,ivtf]{0,3}?(?:x[.b]?(?=_{0,3}n)|x[ft]{1,2}(?=_{0,4}n)|xa?t(?=_{0,4}n))",
        "after",
    ),
    _cue(
        "refused",
        r"(?:[Gg]x[^nB:;?]{0,3}?\$[^nB:;?]{0,3}?t|\$[^nB:;?]{0,4}?x[^nB:;?]{0,3}?t|x[^nB:;?]{0,2}?p[^nB:;?]{0,2}?v)(?=:)",
        "after",
    ),
    _cue("money", r"\$[^tfnB:;?]?[xoZ]{0,2}t(?=_{0,4}n)", "after", weak=True),
    _cue("money", r"(?:\$~{0,8}?G|G~{0,8}?\$)[^B:;?t]{0,8}?t(?=_{0,4}n|\.v_{0,2}n)", "after", weak=True),
    _cue("money", r"^t(?=_{0,3}n[^B:;?]{0,12}G[^B:;?]{0,3}\$)", "after", weak=True),
    _cue("money", r"[Gg][xoZ]{0,2}t(?=_{0,4}n)", "after", weak=True),
    _cue("for", r"of(?=_{0,4}n)", "after"),
    _cue("for", r"(?:^|[c$A:][i.#$j]{0,6})f(?=_{0,3}n)|[ft](?=_{0,3}nr?[^n]{0,1}W)", "after", weak=True),
    _cue("wanting", r"(?<=n)rW[aD]", "before", weak=True),
    _cue("welcome", r"I(?=_{0,4}n(?:[&,]_{0,2}n){0,3}[^nB:;?m]{0,2}D)", "after", weak=True),
    _cue(
        "search",
        r"(?:s|N)(?=_{0,4}n(?:[&,]_{0,2}n){0,3}[tf])|s(?=_{0,4}n(?:[&,]_{0,2}n){0,3}r[^n]{0,2}[Wm])|N(?=_{0,4}n)|I(?=_{0,4}n[^B:;?]{0,24}[aUA])",
        "after",
        weak=True,
    ),
    _cue("sought", r"[sN](?=\.[.j]{0,4}n|n)", "after", weak=True),
    _cue("applying", r"I_{0,2}[4C]i(?=_{0,4}n[^B:;?]{0,16}a)", "after"),
    _cue("financed", r"^\.2(?=_{0,2}n)", "after", weak=True),
    _cue("financed", r"(?:F|[c$][^nmXB:;?]{0,3}2|[F2][^nB:;?]{0,2}?Ci)(?=_{0,4}n)", "after", weak=True),
    _cue("partners from", r"Q[^B:;?n]{0,1}?v(?=_{0,3}n)", "after", weak=True),
    _cue("opportunity", r"[c$][^mXB:;?]{0,8}?G(?=_{0,3}n(?:[&,]_{0,2}n){0,3}m)", "after", weak=True),
    _cue("financed", r"2(?=_{0,3}n(?:[&,]_{0,3}n){0,3}r[^n]{0,1}W)", "after", weak=True),
    _cue("as you", r"^[.,]{0,2}r(?=[^mXB;?]{1,12}m[yi][^B;?]{0,4}?(?:a|g[^B;?]{0,6}?\$))", "after"),
    _cue("as you", r"1(?=[^mXB;?]{1,12}y[^nB;?]{0,2}m[^nB;?]{0,3}?(?:a|g[^B;?]{0,6}?[$S]))", "after"),
    _cue("you", r"q?yr?b(?=_{0,4}n)|^by(?=_{0,4}n)|f?yr?b(?=_{0,4}n)", "after"),
    _cue("partner", r"[mX]~{0,8}?D[^B:;?H]{0,10}?P", "before"),
    _cue("partner", r"d[^B:;?Hn,]{0,6}?P|(?<=B)[^mXB:;?n]{0,4}?D[^B:;?Hn]{0,6}?P", "before"),
    _cue("partner", r"(?<=B)[^mXB:;?n]{0,3}?b[^n:;?]{0,4}?Q|(?<=B)b[^n:;?]{0,4}?Q", "before"),
    _cue("partner", r"m_{0,3}nb[^n:;?]{0,2}?Q|di\.?b[^n:;?]{0,2}?Q", "before"),
    _cue("as partner", r"[mX]~{0,4}?D[.rj&1]{1,8}Q", "before"),
    _cue("also", r"(?<=[$SaAeP]),Z(?=_{0,3}n)|(?<=[$SaAe]),z(?=_{0,3}n)|(?<=[$SaA]),i(?=_{0,3}n)", "after"),
    _cue("asked", r"^[Wm.][.y]?(?=n[^;?]*\?$)|^[Wm.](?=ny?[^;?]*\?$)", "after", weak=True),
    _cue("joining", r"(?<=B)m[^mXB:;?n]{0,2}?D(?=[^B:;?]{0,6}$|[^B:;?]{0,2}[ir.])", "before"),
    _cue("taking part", r"(?<=n)[xZ]?d(?=[.;]?$)|\.d(?=[.;]?$)|[mX]~{0,3}?D(?=\.{0,2};?$)", "before", weak=True),
    _cue("taking part", r"[mX]~{0,3}?D(?=\.{0,2}(?:,Z|:))", "before"),
    _cue("taking part", r"m~{0,3}?D(?=,C)", "before", weak=True),
    _cue("taking part", r"X~{0,2}?D", "before", weak=True),
    _cue("taking part", rf"[mX]~{{0,3}}?D(?={REFUSAL})", "before"),
    _cue("taking part", r"[mX]~{0,8}?D(?:[^B:;?]{0,10}?H|[^B:;?n,]{0,2}c)", "before"),
    _cue("partner", r"[mX][^mXB:;?n]{0,2}?b[^n:;?]{0,3}?Q|(?<=n)b[^n:;?]{0,3}?Q", "before"),
    _cue("partner", r"(?<=n)P", "before"),
    _cue("each", r"E(?=_{0,1}n)", "after", weak=True),
    _cue("exception", r"Bx(?=_{0,3}n)|[B,]x[tf](?=_{0,3}n)", "after"),
    _cue("with", r"(?<!r)C[^B:;?nI]{0,3}?i(?=_{0,4}n)", "after"),
    _cue("member", r"Am[^mXB:;?n]{0,2}?b(?=[^B:;?nL]{0,8}n)", "after"),
)
_ANY_CUE = re.compile("|".join(f"(?:{cue.pattern.pattern})" for cue in CLAUSE_FORMS))
"""Any form of a clause: most segments have none, and are asked once instead of once for each form."""


class FoundClause(NamedTuple):
    """Clause found in a segment: its form, and the places of its first and last token (behind)."""

    cue: ClauseForm
    start: int
    end: int


def find_clauses(tags: str) -> list[FoundClause]:
    """Return the clauses of a segment in order; where two forms overlap, the one that begins first."""
    if _ANY_CUE.search(tags) is None:
        return []
    found = [FoundClause(cue, match.start(), match.end()) for cue in CLAUSE_FORMS for match in cue.pattern.finditer(tags)]
    chosen: list[FoundClause] = []
    for clause in sorted(found, key=lambda clause: clause.start):
        if not chosen or clause.start >= chosen[-1].end:
            chosen.append(clause)
    return chosen
