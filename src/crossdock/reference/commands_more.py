"""What a command's own help has no room for: the JSON it prints, and when it ends how."""

from collections.abc import Mapping

AFTERWARDS: Mapping[str, str] = {
    "crossdock demo": "`orders` (captured, posted, waiting, withdrawn, lost, duplicated), `stock` (published, "
    "oversold), `despatches` (published), `cases` (kind → how many were opened), `open_cases`, `laws` (law → `pass`, "
    "`evidence`), `pairings` (name, systems, flows, flows_run, documents_in, settled, waiting, cases by kind, "
    "open_cases), `trouble` (kind of fault → how often it struck), `seconds`. The story is not told.",
    "crossdock init": "`folder`, `files`.",
    "crossdock sandbox serve": "`ready`, `urls` (kind → address), `seed`, `items`, `companies`; printed once they "
    "listen.",
    "crossdock sandbox check-laws": "`pass`, and `pairings` (name → law → `pass`, `evidence`).",
    "crossdock check": "`file`, `valid`, `problems`, and, when valid, `notes` (what a flow does without, and what "
    "becomes of its work) and the names of `systems` and `pairings`. With "
    "`--schema` it prints the JSON Schema instead.",
    "crossdock systems": "`systems` (name, kind, title, role, base_url, pairings, capabilities), `pairings` (name, "
    "storefront, erp, `flows` with state and lacking), `kinds`.",
    "crossdock probe": "`systems`: name → `verdict` (well, problems or unreachable), `base_url`, `lines` (what, read, "
    "unreadable, problem).",
    "crossdock rehearse": "`pairing`, `orders_read`, `more_orders`, `mappings_taken_over`, `outcomes` (outcome → "
    "orders), `would_wait` (case kind → orders), `orders` (each with its outcome, reasons and, when it would be "
    "posted, `resolved`), `companies`, `items` (products with outcome take_off, put_on, make or withheld, and what is "
    "missing), `stock` (levels that would change, with what is shown now), `despatches`. A flow that was not asked for "
    "is null.",
    "crossdock audit": "`pairing`, `since`, `at`, `read` (items, accounts, skus, orders), `orders` (cancelled, "
    "stopped, value by currency, more: there are others), `resumed` (what an earlier run had read) and `gaps`, worst "
    "first: kind, subject, cause, desk, orders (recent ones it would stop), value by currency, records (what else it "
    "concerns), examples, setting (the line that closes it, or empty), remedy.",
    "crossdock load": "`pairing`, `dry_run`, `rehearsal` (what → how many) and `steps` (name, number, of, outcome: "
    "done, failed or before, result). With `--orders-from`: `pairing`, `dry_run`, `since`, `until` and `orders`: how "
    "many were read, outside the period, known before, taken in from the ERP, of those with another total there "
    "(differ), withdrawn, missing in the ERP, posted, unreadable.",
    "crossdock run": "`ready`, `url`, `metrics` (the address of the door for figures, or null), `pairings`, `pid`; "
    "printed once it works. The log goes on, as JSON lines, "
    "on stderr.",
    "crossdock worker": "`ready`, `url` (null), `metrics`, `pairings`, `pid`; printed once it works.",
    "crossdock backup": "`file`, `schema`, `taken_at`, `tables`, `rows`, `bytes`.",
    "crossdock restore": "`file`, `taken_at`, `schema` (of the backup), `schema_now`, `rows`, `audit` (`entries`, "
    "`problem`), `forgotten` (levels that will be shown anew), `signed_out` (sessions ended).",
    "crossdock status": "`at`, `attention` (why it exits 1; empty when all is well), `orders`, `despatches`, `flows` "
    "(with next_at, ended_at, failures in a row and the last result), `watermarks` (with lag_seconds), `budgets`, "
    "`cases`, `audit` (seals, entries, unsealed, problem).",
    "crossdock completeness": "`pairing`, `since` and `until` (what was counted), `green`, `storefront` (listed, "
    "settled, waiting, in_case, unheld, left_out, on_its_way, behind, never_arrived, unasked), `left_out` (setting, "
    "orders), `erp` (posted, seen, missing, asked), `despatches` (found, told, dropped, in_case, under_way, stuck), "
    "`numbers` (series, known, missing, usual_gap, usual, jumps, learning), `events_asked_for`, `taken`, `missing`, "
    "`gone`, `late` (orders, worst_seconds), `notes`, `silence` (case, cause, since), and with `--list` "
    "`left_out_orders` (order, storefront_id, placed_at, setting).",
    "crossdock checks": "`pairing`, `result` (the worst: ok, look or act) and `checks` (name, often: daily, weekly or "
    "monthly, question, how, result, says, go: the command to type next, or empty).",
    "crossdock reconcile": "`pairing`, `runs` (each with `run`, `object`, `period`, `actor`, when each side was read, "
    "`counts`, `unknowns`, `columns` of money and `differences`), `files` that `--out` wrote.",
    "crossdock trace": "`reference`, and `orders`: each with where it `stands` in sentences, its `document` as placed "
    "and `resolved` as it went to the ERP, `timeline`, `cases`, `despatches`; `raw` with `--raw`.",
    "crossdock accounts": "`pairing`, `counts` (state → companies), `companies` (id, ref, name, state, "
    "account_code_held, vat_number, domains, account with account_id, code, name and on_stop, linked_by, linked_at, "
    "told, told_problem, shown_problem, `candidates` with score and reasons, review, orders_waiting, case), and "
    "`next_after`: what to give `--after` for the next page, or null.",
    "crossdock products": "`pairing`, `counts` (product or model → state → how many), `products` (id, kind, key, code, "
    "state, root, item_id, item_code, changed_at, put_out_at, confirmed_at, released_at, `told` what the PIM shows, "
    "`cases`, `change` of its place in the ERP with its step; with a SKU also its `timeline`), and `next_after`.",
    "crossdock items": "`pairing`, `counts` (state → products), `items` (id, sku, ref, on_sale, state, `missing`, of "
    "that `accepted`, changed_at, `cases`), and `next_after`: what to give `--after` for the next page, or null.",
    "crossdock retail": "`pairing`, `at`, `locations` (location, owner, site, kind, shelves: figures held, waiting, "
    "in_case, newest: when one was last written), `lag` (figures, percentiles: share → seconds, waiting, "
    "oldest_seconds, target_seconds, target_share, window_seconds, problem), `cases` as in `crossdock status`, `told` "
    "(kind, state, records, newest), `not_ready` (items: sku, cause, case_id, held_at), `despatches` (state → how "
    "many), `left_out_orders` (number, setting, last_seen_at), `proposals` (open transfers: ref, from_location, "
    "to_location, sku, quantity, kind, first_seen_at), `flows` (flow → its last result, with `left_out` by company "
    "class).",
    "crossdock translate": "The canonical document (a list when the wire document held several). With `--to`: "
    "`canonical`, `document` (the other system's wire document as text), `notes` (everything that was assumed).",
    "crossdock handbook": "Without `--out` the handbook itself: `title`, `subtitle`, `made_at`, `console`, `facts` and "
    "`chapters`, each with `key`, `title` and `blocks` (text, items, steps, or a table with rows by column). With "
    "`--out`: `pairing`, `out`, `format`, `made_at`.",
    "crossdock evidence": "`out`, `since`, `until`, `made_at`, `files` (name → about, sha256, bytes, rows), "
    "`manifest_sha256`, `audit` (seals, entries, unsealed, problem) and `problems` (why it exits 1; empty when all is "
    "well).",
    "crossdock attest": "`what`, `note`, `actor`, `at`.",
    "crossdock cases list": "`cases` (id, pairing, kind, subject, state, desk, severity, cause, opened_at, due_at, "
    "closed_at, records, value by currency, facts), and `next_after`: what to give `--after` for the next page, "
    "or null.",
    "crossdock cases show": "The fields of `cases list`, and `evidence`, `remedy` (what to do, in words), `held`, "
    "`history`, `suggestions`, `remedies` (each with `params` and the `command` to type).",
    "crossdock cases resolve": "`case`, `kind`, `subject`, `remedy`, `params`, `actor`, `applied` (false with "
    "`--dry-run`), `rehearsal` (held, would_post, would_leave, waits), `state` and `still_held` afterwards.",
    "crossdock cases retry": "As for `crossdock cases resolve`.",
    "crossdock alerts list": "`alerts` (id, rule, group, state, severity, count, text, desk, pairing, opened_at, "
    "told_at, told_to, answered_at, answered_by, over_at), `sent` (the last messages: id, target, purpose, title, "
    "body, state, attempts, created_at, next_at, ended_at, problem).",
    "crossdock alerts rules": "`channels` (name, carrier, used_by), `rules` (name, when, tells, then: sentences).",
    "crossdock alerts test": "`channel`, `delivered`, `problem`.",
    "crossdock alerts digest": "`desk`, `title`, `text`, `html`, `sent` (to, delivered, problem; empty without "
    "`--send`).",
    "crossdock alerts answer": "`alert`, `answered_by`.",
    "crossdock mappings list": "`pairing`, `map`, `mappings` (id of the version, kind, key, value, actor, reason, "
    "since) and `next_after`: what to give `--after` for the next page, or null.",
    "crossdock mappings show": "`pairing`, `map`, `key`, `version` (for `--version`; null when retired), `value`, "
    "`by_file` (what counts is the settings file's word), `in_file`, `place` (its path there), `versions`.",
    "crossdock mappings set": "`pairing`, `map`, `key`, `value`, `applied` (false with `--dry-run`), `actor`, `effect` "
    "(sentences) and `held` (held, would_post, would_leave, waits, would).",
    "crossdock mappings retire": "As for `crossdock mappings set`; `value` is null, or what the settings file says.",
    "crossdock mappings export": "`pairing`, `maps`, `file`, `bytes`; the CSV itself only with `--out`.",
    "crossdock mappings import": "`pairing`, `applied`, `problems` (line, what, fix), `counts` (add, change, retire, "
    "unchanged) and `effect` (sentences, or null).",
    "crossdock users add": "`id`, `name`, `display`, `grants` (role, desk, pairing; empty means every one) and, with "
    "`--generate`, `password`.",
    "crossdock users list": "`people` (id, name, display, grants, created_at, disabled_at, sessions: how many are "
    "alive, seen_at, has_password: false for one whom an identity provider names, factor).",
    "crossdock users password": "`name`, `password_set` and, with `--generate`, `password`.",
    "crossdock users disable": "`name`, `disabled`.",
    "crossdock users enable": "`name`, `disabled`.",
    "crossdock users grant": "`name`, `grants` as they are now.",
    "crossdock users revoke": "`name`, `grants` as they are now.",
    "crossdock users sign-out": "`name`, `sessions_ended`.",
    "crossdock users reset-factor": "`name`, `factor` (false).",
    "crossdock users sessions": "`name`, `sessions` (id, begun_at, seen_at, expires_at, agent, address, way: password "
    "or oidc).",
    "crossdock tokens add": "`id`, `name`, `scopes`, `person`, `grants` and `secret`, which is shown this once.",
    "crossdock tokens list": "`tokens` (id, name, person, scopes, grants, made_by, created_at, expires_at, used_at to "
    "within five minutes, revoked_at).",
    "crossdock tokens revoke": "`name`, `revoked`.",
    "crossdock secrets set": "`name`, `set`.",
    "crossdock secrets list": "`secrets` (name, set_at, set_by, key: the id of the key that sealed it, opens: whether "
    "that key is here).",
    "crossdock secrets remove": "`name`, `removed`.",
    "crossdock secrets rotate": "`secrets`, `documents` and `second_factors`, each with `resealed`, `current` (sealed "
    "under the key in use already) and `unopened` (no key we have opens it).",
    "crossdock retention show": "`at_hour`, `kinds` (kind, days, why, before: what is older goes, last_at, "
    "last_removed), `audit_trail` (a sentence).",
    "crossdock erase": "`erased` (false for a rehearsal), `mark` (by which the audit trail knows it), `counts` (where "
    "→ records), `unopened` (stored documents our key does not open), `under_way` (order, why), `kept` (what → why). "
    "With `--export`: `reference`, `counts` and all that is held: orders with their papers, companies, accounts, "
    "cases, stored documents.",
    "crossdock retention run": "`dry_run`, `removed` (kind → how many went, or would).",
}

EXITS: Mapping[str, str] = {
    "crossdock demo": "0 when all laws were kept, 1 when one was broken.",
    "crossdock init": "0; 2 when one of the files is there already: nothing is overwritten.",
    "crossdock sandbox serve": "0 when stopped; 2 when it cannot listen.",
    "crossdock sandbox check-laws": "0 when all laws are kept, 1 when one is broken, 3 when a configured system is no "
    "simulator or does not answer.",
    "crossdock check": "0 when there is no mistake, 1 when there is one, 2 when there is no such file.",
    "crossdock systems": "0; 2 when the settings cannot be used.",
    "crossdock probe": "0 when all is well, 1 when something could not be read or parsed, 3 when of a system nothing "
    "could be read.",
    "crossdock rehearse": "0 when everything would go through, 1 when an order, company or despatch would wait for a "
    "person or more products would go off sale than may at once, 2 when the pairing does not run the flow, 3 for "
    "trouble with a remote system or the database.",
    "crossdock audit": "0 when there is no gap, 1 when there is one or another audit of the pairing is running, 2 when "
    "`--out` ends in neither .html nor .csv, 3 for trouble with a remote system or the database.",
    "crossdock load": "0 when all is in step, 1 when orders of the period are missing in the ERP or cannot be read, "
    "2 when the period makes no sense, 3 when a step could not be done.",
    "crossdock run": "0 when stopped by a signal; 2 when the settings cannot be used or the address is taken; 3 when "
    "the database cannot be used.",
    "crossdock worker": "As for `crossdock run`.",
    "crossdock backup": "0; 2 when the file is there already or there is nothing to back up; 3 when the database or "
    "pg_dump cannot be used.",
    "crossdock restore": "0; 1 when all is back and the audit trail is not whole; 2 when the backup, the key or a "
    "database that is not empty stands in the way; 3 when the database or pg_restore cannot be used.",
    "crossdock secrets set": "0; 2 for a name or value that will not do; 3 when the database cannot be used.",
    "crossdock secrets list": "0, 1 when one cannot be opened with the keys there are.",
    "crossdock secrets remove": "0; 2 when there is none of that name.",
    "crossdock secrets rotate": "0, 1 when something cannot be opened with the keys there are; 2 when a new key is to "
    "be made and the key comes from the environment.",
    "crossdock retention show": "0; 3 when the database cannot be used.",
    "crossdock erase": "0, also when nothing was found; 1 when an order is under way, and nothing was erased; 2 for "
    "what names nobody; 3 when the database cannot be used.",
    "crossdock retention run": "0; 3 when the database cannot be used.",
    "crossdock status": "0 when all is well, 1 when something needs attention, 3 when the database cannot be used.",
    "crossdock completeness": "0 when every id is accounted for and no feed is silent, 1 when not, when a worker is "
    "counting, or when `--last` finds no count, 3 for trouble with a remote system or the database.",
    "crossdock checks": "0 when nobody has to act, 1 when somebody has, 3 when the database cannot be used.",
    "crossdock reconcile": "0 when there is nothing to settle, 1 when there is, 2 for an object the systems cannot "
    "tell of, 3 when a side does not answer, the database cannot be used, or another process is at the same run: what "
    "was read is kept, and the same command goes on from there.",
    "crossdock trace": "0; 1 when no order goes by that reference; 3 when the database cannot be used.",
    "crossdock accounts": "0; 2 for a pairing or a state nobody knows; 3 when the database cannot be used.",
    "crossdock products": "0; 1 when no product goes by that SKU; 2 for a pairing or a state nobody knows.",
    "crossdock items": "0; 1 when no product or item goes by that SKU; 2 for a pairing or a state nobody knows.",
    "crossdock retail": "0; 1 when figures take longer than their target; 3 for trouble with a remote system or the "
    "database.",
    "crossdock translate": "0; 1 when `--pairing` was given and an order would wait; 2 when the document or a name is "
    "wrong, with the place.",
    "crossdock handbook": "0; 2 for a pairing nobody knows, or when the form cannot be told from `--out`; 3 when the "
    "database cannot be used.",
    "crossdock evidence": "0; 1 when the audit trail is not whole, or a secret of the settings stood in what was "
    "written (it was taken out); 2 when the period makes no sense or there is something at `--out` already; 3 when the "
    "database cannot be used.",
    "crossdock attest": "0; 2 for a note that says nothing, or another word; 3 when the database cannot be used.",
    "crossdock cases list": "0; 2 for a filter nobody knows; 3 when the database cannot be used.",
    "crossdock cases show": "0; 1 when there is no such case; 3 when the database cannot be used.",
    "crossdock cases resolve": "0; 1 when there is no such case; 2 when the remedy is refused: nothing was changed; 3 "
    "for trouble with a remote system or the database.",
    "crossdock cases retry": "As for `crossdock cases resolve`.",
    "crossdock alerts list": "0; 3 when the database cannot be used.",
    "crossdock alerts rules": "0; 2 when the settings cannot be used.",
    "crossdock alerts test": "0 when the channel took it; 1 when there is no such channel; 2 when one was tested "
    "a moment ago; 3 when it was not taken.",
    "crossdock alerts digest": "0; 2 when there is no such desk, or nothing says where to send it; 3 when it was not "
    "taken, and is tried again.",
    "crossdock alerts answer": "0; 1 when there is no such alert; 2 when it is over or answered already.",
    "crossdock mappings list": "0; 2 for a pairing, a map or an order nobody knows; 3 without the database.",
    "crossdock mappings show": "0; 1 when nothing was ever mapped for the key; 2 for a pairing or a map nobody knows.",
    "crossdock mappings set": "0; 2 when it is refused, lacks a reason, or somebody changed it meanwhile: nothing was "
    "changed; 3 for trouble with a remote system or the database.",
    "crossdock mappings retire": "As for `crossdock mappings set`; 1 when nothing is mapped for the key.",
    "crossdock mappings export": "0; 2 for a pairing or a map nobody knows; 3 when the database cannot be used.",
    "crossdock mappings import": "0; 2 when a line is wrong, a reason is lacking, or somebody changed an entry "
    "meanwhile: nothing was changed; 3 for trouble with a remote system or the database.",
    "crossdock users add": "0; 2 when the name is taken or none, the password will not do, or there is no such "
    "role, desk or pairing; 3 when the database cannot be used.",
    "crossdock users list": "0; 3 when the database cannot be used.",
    "crossdock users password": "0; 1 when there is no such person; 2 when the password will not do.",
    "crossdock users disable": "0; 1 when there is no such person; 2 when the person is disabled already.",
    "crossdock users enable": "0; 1 when there is no such person; 2 when the person is not disabled.",
    "crossdock users grant": "0; 1 when there is no such person; 2 when the person has it already, or there is no such "
    "role, desk or pairing.",
    "crossdock users revoke": "0; 1 when there is no such person; 2 when the person has no such role, or no other.",
    "crossdock users sign-out": "0, also when there was no session; 1 when there is no such person.",
    "crossdock users reset-factor": "0; 1 when there is no such person; 2 when the person has no second factor.",
    "crossdock users sessions": "0, also when there is none; 1 when there is no such person.",
    "crossdock tokens add": "0; 2 when the name is taken or none, there is no such person, scope, role, desk or "
    "pairing, or the roles leave nothing to a scope.",
    "crossdock tokens list": "0; 3 when the database cannot be used.",
    "crossdock tokens revoke": "0; 1 when there is no such token that lives.",
}
