"""What the apps above are told, since customers knows none of them. Sent inside the transaction of what happened.

- `customers_changing_hands(sender=Customer, ids=[…])`: two records are about to become one, or two again. Whoever locks
  rows of its own does it now, before names change: triggers of names write rows that holders of such locks wait for.
- `customer_merged(sender=Customer, merge=…)`: everything of the merged customer becomes the survivor's. A receiver
  moves its rows and returns what it needs to take that back, in JSON, under its own name: `("tickets", {...})`.
- `customer_unmerged(sender=Customer, merge=…)`: the merge is taken back; `merge.moved` holds what each one returned.
- `merge_foreseen(sender=Customer, customer=…)` and `unmerge_foreseen(sender=Customer, merge=…)`: somebody is about to
  decide. A receiver answers with sentences that say what of its own would move: `["12 tickets"]`.
- `customer_erased(sender=Customer, customer=…, actor=…)`: the words, files and raw input of the customer go away.
- `timeline_changed(sender=…, customer_ids=[…], organisation_ids=[…])`: something is new on their timelines. Open pages
  fetch it once the transaction is committed. `customers.events.record` sends it by itself.
"""

from django.dispatch import Signal

customers_changing_hands = Signal()
customer_merged = Signal()
customer_unmerged = Signal()
merge_foreseen = Signal()
unmerge_foreseen = Signal()
customer_erased = Signal()
timeline_changed = Signal()
