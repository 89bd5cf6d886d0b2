"""Why a plan leaves projects out: for each the first reason that a check shows.

| reason | what was checked |
| --- | --- |
| barred, fails rule, off the country list | it cannot be financed, whatever the plan |
| no eligible programme | no programme serves its country and stage |
| needs another | nothing of a `requires` clause, or a partner of `together`, is financed |
| excluded by another | a financed or underway project excludes it or is of its group |
| does not fit the horizon | it would deliver after the last year |
| nothing is financed that it could follow | what it requires is decided after its last year |
| programmes closed in its years or too small | in no year of its window could all the money of the case pay its need |
| adds nothing | added alone to the plan in any of these years, it raises the objective by no more than 5e-7 |
| rule leaves no room | added alone where it would raise the objective, it breaks one hard rule in every year, or adds |
|  | more to the penalties of soft rules than to the objective |
| limit leaves no room | added alone where it would raise the objective, it breaks in every year the limit of one constraint |
|  | family that is neither a link, money nor a rule (`models.family.Family.refuses`) |
| outbid | added alone in the named year it would raise the objective, and what is unspent cannot pay its need |
| not worked out | none of these was shown |

"Added alone" means that everything else of the plan stays as it is; partners of `together` are added with it. The audit
(`models.audit.reasons`) repeats each check with its own arithmetic.
"""

from models.reasons.reasons import not_financed

__all__ = ["not_financed"]
