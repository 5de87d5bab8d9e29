"""What the XSF says of a specification's status, word for word as on its page."""

from __future__ import annotations

_NOT_APPROVED = (
    "Publication as an XMPP Extension Protocol does not imply approval of this proposal by the"
    " XMPP Standards Foundation."
)
_HISTORICAL = (
    "This document is not a standards-track specification within the XMPP Standards Foundation's"
    " standards process; however, it might be converted to standards-track in the future or might"
    " be obsoleted by a more modern protocol."
)
_EXPLORE = (
    "described herein is encouraged in exploratory implementations, {}production systems are"
    " advised to carefully consider whether it is appropriate to deploy implementations of this"
    " protocol before it advances to a status of {}."
)
_NOT_RECOMMENDED = (
    "Implementation of the protocol described herein is not recommended. Developers desiring"
    " similar functionality are advised to implement the protocol that supersedes this one"
)
_BY_THE_XSF = "by the XMPP Standards Foundation"

_NOTICES = {
    "Active Historical": "NOTICE: This Historical specification provides canonical documentation"
    f" of a protocol that is in use within the Jabber/XMPP community. {_HISTORICAL}",
    "Active Humorous": "NOTICE: This document is Humorous. It MAY provide amusement but SHOULD NOT"
    " be taken seriously.",
    "Active Informational": "NOTICE: This Informational specification defines a best practice or"
    " protocol profile that has been approved by the XMPP Council and/or the XSF Board of"
    " Directors. Implementations are encouraged and the best practice or protocol profile is"
    " appropriate for deployment in production systems.",
    "Active Procedural": "NOTICE: This Procedural document defines a process or activity of the"
    " XMPP Standards Foundation (XSF) that has been approved by the XMPP Council and/or the XSF"
    " Board of Directors. The XSF is currently following the process or activity defined herein"
    " and will do so until this document is deprecated or obsoleted.",
    "Deferred": "WARNING: This document has been automatically Deferred after 12 months of"
    " inactivity in its previous Experimental state. Implementation of the protocol described"
    " herein is not recommended for production systems. However, exploratory implementations are"
    " encouraged to resume the standards process.",
    "Deprecated": f"WARNING: This document has been Deprecated {_BY_THE_XSF}. {_NOT_RECOMMENDED}",
    "Draft": "NOTICE: The protocol defined herein is a Stable Standard of the XMPP Standards"
    " Foundation. Implementations are encouraged and the protocol is appropriate for deployment in"
    " production systems, but some changes to the protocol are possible before it becomes a Final"
    " Standard.",
    "Experimental Historical": "NOTICE: This Historical document attempts to provide canonical"
    " documentation of a protocol that is in use within the Jabber/XMPP community."
    f" {_NOT_APPROVED} {_HISTORICAL}",
    "Experimental Informational": "WARNING: This Informational document is Experimental."
    f" {_NOT_APPROVED} Implementation of the best practice or protocol profile"
    f" {_EXPLORE.format('although ', 'Stable')}",
    "Experimental Procedural": "NOTICE: This Procedural document proposes that the process or"
    " activity defined herein shall be followed by the XMPP Standards Foundation (XSF). However,"
    " this process or activity has not yet been approved by the XMPP Council and/or the XSF Board"
    " of Directors and is therefore not currently in force.",
    "Experimental Standards Track": "WARNING: This Standards-Track document is Experimental."
    f" {_NOT_APPROVED} Implementation of the protocol {_EXPLORE.format('but ', 'Draft')}",
    "Final": "NOTICE: The protocol defined herein is a Final Standard of the XMPP Standards"
    " Foundation and can be considered a stable technology for implementation and deployment.",
    "Obsolete": f"WARNING: This document has been obsoleted {_BY_THE_XSF}. {_NOT_RECOMMENDED}",
    "Proposed": "NOTICE: This document is currently within Last Call or under consideration by the"
    " XMPP Council for advancement to the next stage in the XSF standards process.",
    "Rejected": "WARNING: This document has been Rejected by the XMPP Council. Implementation of"
    " the protocol described herein is not recommended under any circumstances.",
    "Retracted": f"WARNING: This document has been retracted by the author(s). {_NOT_RECOMMENDED}",
}


def notice_of(status: str, kind: str, superseded_by: str, last_call: str) -> str:
    """Return the notice for a status and a type, empty if there is none.

    ``superseded_by`` are specifications, ``last_call`` is the day when it ends.
    """
    notice = _NOTICES.get(status) or _NOTICES.get(f"{status} {kind}", "")
    if notice.endswith("this one"):
        notice += f" ({superseded_by or 'if any'})."
    if status == "Proposed" and last_call:
        notice += f" The Last Call ends on {last_call}."
    return notice
