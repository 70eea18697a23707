r"""The LaTeX that titles and abstracts hold: accents, symbols, commands that only change the look.

Tables for :mod:`kg.text.clean`; names as in the LaTeX companion guides, without their backslash.
"""

from __future__ import annotations

ACCENTS: dict[str, str] = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}

SPACES: dict[str, str] = {
    **dict.fromkeys([",", ";", ":", ">", " ", "\n", "\t", "\\", "quad", "qquad", "newline", "linebreak", "par"], " "),
    **dict.fromkeys(["enspace", "thinspace", "space", "hfill", "smallskip", "medskip", "bigskip"], " "),
    **dict.fromkeys(["!", "left", "right", "big", "Big", "bigg", "Bigg", "noindent", "displaystyle", "xspace"], ""),
}

SYMBOLS: dict[str, str] = {
    **{"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ"},
    **{"eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν"},
    **{"xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "varphi": "φ"},
    **{"chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ"},
    **{"Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "l", "hbar": "ħ", "partial": "∂"},
    **{"times": "×", "pm": "±", "mp": "∓", "cdot": "·", "ast": "*", "star": "*", "div": "÷", "circ": "°"},
    **{"sim": "~", "simeq": "≃", "approx": "≈", "equiv": "≡", "neq": "≠", "ne": "≠", "propto": "∝"},
    **{"leq": "≤", "le": "≤", "leqslant": "≤", "geq": "≥", "ge": "≥", "geqslant": "≥", "ll": "≪", "gg": "≫"},
    **{"to": "→", "rightarrow": "→", "leftarrow": "←", "leftrightarrow": "↔", "Rightarrow": "⇒", "uparrow": "↑"},
    **{"downarrow": "↓", "infty": "∞", "in": "∈", "notin": "∉", "subset": "⊂", "subseteq": "⊆", "cup": "∪"},
    **{"cap": "∩", "forall": "∀", "exists": "∃", "nabla": "∇", "sum": "∑", "prod": "∏", "int": "∫", "top": "⊤"},
    **{"ldots": "...", "dots": "...", "cdots": "...", "textellipsis": "...", "degree": "°", "prime": "'"},
    **{"log": "log", "exp": "exp", "min": "min", "max": "max", "arg": "arg", "argmax": "argmax", "argmin": "argmin"},
    **{"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å"},
    **{"AA": "Å", "i": "i", "j": "j", "textendash": "-", "textemdash": "—", "textquotesingle": "'", "LaTeX": "LaTeX"},
    **{"TeX": "TeX", "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_"},
    **{"textgreater": ">", "textless": "<", "textbar": "|", "texttimes": "×", "textpm": "±", "textdegree": "°"},
    **{"langle": "<", "rangle": ">", "lbrace": "{", "rbrace": "}", "mid": "|", "vert": "|", "Vert": "||"},
    **{"dag": "", "ddag": "", "dagger": "", "ddagger": "", "S": "§", "pounds": "£", "copyright": "", "sharp": "#"},
    **{"texttrademark": "", "textregistered": "", "checkmark": "✓", "percent": "%", "sqrt": "√"},
}

# switches without an argument of their own: {\bf word}
_SWITCHES = (
    "bf it em rm sc tt sf sl bfseries itshape scshape ttfamily sffamily upshape mdseries small large Large tiny "
    "footnotesize normalsize scriptsize boldmath cal"
)
FONT_SWITCHES = frozenset(_SWITCHES.split())

# commands whose argument is no text
_WITHOUT = (
    "cite citep citet citealp citeauthor citeyear ref eqref cref Cref autoref label vspace hspace color "
    "includegraphics href textcolor begin end input bibliography"
)
WITHOUT_ARGUMENT = frozenset(_WITHOUT.split())
