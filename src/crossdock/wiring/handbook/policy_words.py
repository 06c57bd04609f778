"""What each deciding setting means as it stands. {} is its value; NOT_SET is said of an empty one."""

from collections.abc import Mapping

Said = str | Mapping[object, str]

ORDERS: Mapping[str, Said] = {
    "acknowledge": {
        True: "The storefront is told each order's number in the ERP.",
        False: "The storefront is not told an order's number in the ERP.",
    },
    "orders.currencies": "Orders are taken in {}; one in another currency waits in a case.",
    "orders.start_from": "Orders placed before {} are not taken.",
    "orders.authority": {
        "storefront": "The storefront's order total counts. What is posted must come to it, or the order waits before "
        "it is posted.",
        "erp": "The ERP's order total counts. Each order is read back after posting, and a difference opens a case.",
    },
    "orders.tolerance": "Two totals of an order may be {} apart, in its currency.",
    "orders.tolerance_per_line": "For each line the ERP's own total may be {} further off.",
    "orders.rounding": {
        "half-up": "Net lines and tax are rounded half up.",
        "half-even": "Net lines and tax are rounded half to the even coin.",
        "down": "Net lines and tax are rounded down.",
    },
    "orders.prices": {
        "net": "Unit prices are posted net.",
        "gross": "Unit prices are posted gross, as shoppers pay them.",
    },
    "orders.tax_rounding": {
        "per-line": "The ERP rounds tax on each line.",
        "per-order": "The ERP rounds tax once per tax code and order.",
    },
    "orders.tax_tolerance": "The tax of one line may be {} apart.",
    "orders.default_tax_code": "Lines that name no tax code have {}.",
    "orders.shipping_tax_code": "Carriage that names no tax code has {}.",
    "orders.credit": {
        "ignore": "Credit limits do not hold orders; an account on stop does.",
        "hold": "An order beyond its account's credit limit waits in a case.",
    },
    "orders.price_check": {
        "off": "Prices of orders are not compared with the ERP's lists.",
        "hold": "A line not priced as the ERP's lists say waits in a case.",
    },
    "orders.price_lists": "Prices of orders are compared with {}.",
    "orders.price_tolerance": "A price per stock unit may be {} apart from the list.",
    "orders.zero_price": {
        "hold": "A line sold at nothing waits in a case.",
        "allow": "Lines sold at nothing go through.",
    },
    "orders.require_delivery_address": {
        True: "An order without a delivery address waits in a case.",
        False: "An order without a delivery address goes through.",
    },
    "orders.unit_source": {
        "map": "What a unit holds, only our own map says; an unmapped unit waits in a case.",
        "storefront": "What a unit holds, our own map says, and the storefront where the map is silent.",
    },
    "orders.unit_mode": {
        "unit_code": "A unit is so many of the SKU's one stock code.",
        "unit_sku": "Every unit of a SKU has a stock code of its own, and is counted in that.",
    },
    "orders.unit_skus": "Where no map names the stock code of a unit, it is {}.",
    "orders.whole_stock_units": {
        True: "The ERP counts in whole stock units; an order for a part of one waits in a case.",
        False: "The ERP takes parts of a stock unit.",
    },
    "orders.site": "Orders are placed at the ERP's site {}.",
    "orders.sales_source": "Orders carry the sales source {}.",
    "orders.company_class": "Buyers are of the ERP's company class {}.",
    "orders.dispatch_country": "Goods leave from {}: abroad, the tax codes mapped for that country, EU or EXPORT hold.",
    "orders.companies": "Orders belong to a company of the ERP by country and currency: {}. One that none takes waits.",
    "orders.attempts_max": "After {} sends without a usable answer a person looks.",
    "promotions.map": "Promotions become: {}.",
    "promotions.stacked_max": "A line with more than {} promotions is looked at by a person first.",
    "promotions.share_max": "So is one of which promotions take more than {} of the price (1 is all of it).",
}

STOCK: Mapping[str, Said] = {
    "stock.figure": {
        "on_hand": "The ERP's figure on hand is shown, promised or not.",
        "available": "The ERP's available figure is shown: on hand less what is promised there.",
        "free": "The ERP's free stock is shown; what it leaves out was proven when the pairing was set up.",
        "buildable": "What the ERP could assemble from components now is shown.",
    },
    "stock.site": "The figures are those of the site {}.",
    "stock.buffer": "{} stock units of every item are never shown.",
    "stock.buffers": "These items keep back another number: {}.",
    "stock.stale_after_seconds": "Figures older than {} may lower what is shown, and never raise it.",
    "stock.unlimited_shown": "Of an item that is not stock controlled {} are shown.",
    "stock.shared": {
        True: "Units and packs of one item show a share of its stock each.",
        False: "Each unit and pack of an item shows all of its stock.",
    },
    "stock.every_seconds": "Changed figures are looked for {} apart.",
    "stock.full_every_seconds": "All figures are read {} apart.",
}

PRICES: Mapping[str, Said] = {
    "prices.lists": "These lists of the ERP are published: {}.",
    "prices.hold": {
        "net": "The storefront's lists hold net prices; a gross list of the ERP is refused.",
        "gross": "The storefront's lists hold gross prices; a net list of the ERP is refused.",
    },
    "prices.rounding": {
        "half-up": "Published prices are rounded half up.",
        "half-even": "Published prices are rounded half to the even coin.",
        "down": "Published prices are rounded down.",
    },
    "prices.decimals": "Published prices have {} decimals.",
    "prices.unknown": {
        "keep": "Prices in a published list of SKUs the ERP does not hold are kept.",
        "remove": "Prices in a published list of SKUs the ERP does not hold are removed.",
    },
    "prices.full_every_seconds": "All that the published lists show is read {} apart.",
    "items.unknown": {
        "report": "Products on sale that the ERP does not hold are reported, and stay on sale.",
        "hide": "Products on sale that the ERP does not hold are taken off sale.",
    },
    "items.blocked": {
        "report": "Products on sale that lack something, or are discontinued, are reported, and stay on sale.",
        "hide": "Products on sale that lack something, or are discontinued, are taken off sale.",
    },
    "items.ready": {
        "report": "Products off sale that lack nothing are listed; a person puts them on sale.",
        "offer": "Products off sale that lack nothing are put on sale.",
    },
    "items.create": {
        True: "Bare products, off sale, are made of ERP items the storefront has not.",
        False: "No products are made of ERP items the storefront has not.",
    },
    "items.unit": "A made product is sold in {} where the ERP lists no units of it.",
    "items.hide_max": "At most {} products are taken off sale in one run; when it would be more, none is.",
}

PROOF: Mapping[str, Said] = {
    "completeness.window_hours": "Each count of ids reaches back {} hours at least.",
    "completeness.settle_seconds": "What is younger than {} may still be on its way, and is not called missing.",
    "completeness.time_zone": "Nights and weekends are those of {}.",
    "completeness.history_weeks": "What is usual is learnt from {} weeks.",
    "completeness.silence_least": "A feed is called silent when at least {} records are missing; 0 means never.",
    "completeness.numbers": {
        True: "Holes in the order numbers are looked for.",
        False: "Holes in the order numbers are not looked for.",
    },
    "accounts.link_by": {
        "external_id": "A company is linked by the account code the storefront holds for it; else by a person.",
        "review": "Each company is linked by a person.",
    },
    "accounts.new": {
        "review": "New accounts are opened in the ERP by hand.",
        "create": "A named person may have an account opened in the ERP, from the case.",
    },
    "accounts.proven_for_seconds": "The ERP's word on whose an account code is counts for {}; for 0 it is asked before "
    "each order.",
    "reconciliation.objects": "Compared each night, as far as both sides tell: {}.",
    "reconciliation.at": "The nightly compare begins at {}.",
    "reconciliation.timezone": "Days and months are those of {}.",
    "reconciliation.settle_seconds": "Records younger than {} are left alone.",
    "reconciliation.look_back_days": "Invoices, credit notes and refunds are read from {} days before a period.",
    "reconciliation.grace_days": "An invoice or credit note is missing after {} days.",
    "reconciliation.rounding_allowed": "Rounding may part two documents by {} without a case, in their currency.",
    "refunds.carriage": {
        "never": "Carriage is never given back.",
        "when-all-returned": "Carriage is given back with the credit note that completes an order's return.",
    },
    "refunds.carriage_code": "Carriage is credited under {}.",
    "refunds.fetch_hours": "An ERP that fetches returns may take {} hours before a person looks.",
}

CATALOGUE: Mapping[str, Said] = {
    "catalogue.families": "Products of these families are taken: {}.",
    "catalogue.locale": "Values for the locale {} are taken.",
    "catalogue.channel": "Values for the channel {} are taken.",
    "catalogue.attributes": "Attributes of the PIM fill fields of the stock item: {}.",
    "catalogue.mapped": "Every value of these attributes must have a code of the ERP: {}.",
    "catalogue.weight_unit": "Weights are sent in {}.",
    "catalogue.size_unit": "Sizes are sent in {}.",
    "catalogue.private_media": "No address with {} in it is sent: only the PIM's own users may fetch it.",
    "catalogue.rules.stock_code_max": "A stock code has at most {} characters.",
    "catalogue.rules.stock_code_forbidden": "A stock code holds none of {}",
    "catalogue.rules.description_max": "A description has at most {} characters.",
    "catalogue.rules.description_forbidden": "A description holds none of {}",
    "catalogue.rules.text_max": "Longest texts: {}.",
    "catalogue.rules.barcode_max": "A barcode has at most {} characters.",
    "catalogue.rules.commodity_code": "A commodity code is written like {}",
    "catalogue.rules.weight_above_zero": {True: "A weight of nothing is a mistake.", False: "A weight may be nothing."},
    "catalogue.rules.required": "Every stock item must have: {}.",
    "catalogue.rules.required_by_family": "By family, products must hold: {}.",
    "catalogue.rules.required_channel": "What the PIM requires of a family for the channel {} is asked for too.",
    "catalogue.new_items.tax_attribute": "The tax of a new item comes from the attribute {}.",
    "catalogue.new_items.tax_percent": "A new item that names no tax has {} percent.",
    "catalogue.release.hold_back": {
        True: "A product is switched off in the PIM until the ERP has confirmed it, and on then.",
        False: "The PIM's own people switch products on and off.",
    },
    "catalogue.release.status_attribute": "Where a product stands is shown in the attribute {}.",
    "catalogue.release.reasons_attribute": "Why it waits is shown in the attribute {}.",
    "catalogue.release.confirm_within_seconds": "The ERP may take {} to confirm an item before a person looks.",
    "catalogue.structure.template_code": "The template of a model has the stock code {}.",
    "catalogue.structure.template_code_taken": "Where a plain item has that code, it is {}.",
    "catalogue.structure.describe_by_axes": {
        True: "A variant's description ends with what it differs by.",
        False: "A variant is described as in the PIM.",
    },
    "catalogue.structure.existing": {
        "link": "A plain item that becomes a variant keeps its key, stock and orders.",
        "ask": "A person decides on a plain item that becomes a variant.",
    },
    "catalogue.structure.replaces_attribute": "A model's attribute {} names the SKU its variants take the place of.",
    "catalogue.structure.unseen": {
        "ask": "Before an item is retired a person vouches for what the ERP does not tell.",
        "trust": "Before an item is retired it is trusted that the ERP has told all of it.",
    },
}

SHOPS: Mapping[str, Said] = {
    "locations": "Each place has one owner of its figures: {}.",
    "non_commercial_classes": "Orders of these company classes are no trade, counted and left out: {}.",
    "intake.every_seconds": "Without an event the shops' figures are looked at {} apart.",
    "intake.pace_seconds": "Two batches into the ERP are {} apart at least.",
    "intake.batch_max": "One batch holds at most {} figures.",
    "intake.overlap_seconds": "Each look reaches {} further back than the last.",
    "intake.full_every_seconds": "Every figure is read {} apart.",
    "intake.target_seconds": "A figure shall take at most {} from the shelf to the ERP.",
    "intake.target_share": "That is asked of {} in a hundred.",
    "intake.window_seconds": "It is judged over {}.",
    "intake.stale_after_seconds": "When the last whole look is older than {}, figures are lowered in the ERP and never "
    "raised.",
    "intake.drift_every_seconds": "Both sides are compared, shelf by shelf, {} apart.",
    "intake.drift_again_seconds": "Places with an open question are compared again after {}.",
    "intake.attempts_max": "After {} batches without a clear answer a figure waits in a case.",
    "despatch.order_ref": {
        "erp": "The shops tell the ERP's own number of an order.",
        "ours": "The shops tell the reference we gave an order.",
    },
    "despatch.every_seconds": "Without an event despatches of the shops are looked at {} apart.",
    "despatch.overlap_seconds": "Each look for despatches reaches {} further back than the last.",
    "despatch.missed_every_seconds": "Missed despatches are swept for {} apart.",
    "despatch.look_back_days": "That sweep reads what left the shops {} days back.",
    "despatch.settle_seconds": "A booking without an answer is looked for after {}.",
    "despatch.attempts_max": "After {} bookings without a clear answer a despatch waits in a case.",
    "feed.every_seconds": "Items and places that changed are told {} apart.",
    "feed.levels_every_seconds": "Stock that changed is told {} apart.",
    "feed.full_every_seconds": "Every figure and every item is read {} apart.",
    "feed.basis": {
        "on_hand": "The shops are told what stands there.",
        "available": "The shops are told what is still free to sell.",
    },
    "feed.commitments": {
        True: "What open orders have reserved is told beside it, where it is taken.",
        False: "What open orders have reserved is not told.",
    },
    "feed.size_heading": "Sizes of a family stand under {} in the ERP.",
    "feed.colour_heading": "Colours of a family stand under {} in the ERP.",
    "feed.one_size": "An item of no family has the size {}.",
    "feed.consumer_classes": "Orders of these company classes are sales to consumers: {}.",
    "feed.sales_every_seconds": "Orders that have left are looked for {} apart.",
    "feed.sales_days": "That look reads orders {} days back.",
    "feed.proposals_every_seconds": "Recommended transfers are read {} apart.",
}

SAID: Mapping[str, Said] = {**ORDERS, **STOCK, **PRICES, **PROOF, **CATALOGUE, **SHOPS}

NOT_SET: Mapping[str, str] = {
    "orders.start_from": "Every order the storefront has is taken, however old.",
    "orders.tolerance_per_line": "For each line the ERP's own total may be a penny further off where it counts, and "
    "nothing where the storefront's does.",
    "orders.default_tax_code": "Lines that name no tax code wait in a case.",
    "orders.shipping_tax_code": "Carriage that names no tax code has that of lines that name none, or waits in a case.",
    "orders.price_lists": "No price list is named to compare orders with.",
    "orders.unit_skus": "No stock codes of units are made up; the map names each.",
    "orders.site": "Orders name no site of the ERP.",
    "orders.sales_source": "Orders carry no sales source.",
    "orders.company_class": "Buyers are given no company class.",
    "orders.dispatch_country": "Tax codes are those of home, wherever an order is delivered.",
    "orders.companies": "All orders belong to one company of the ERP.",
    "promotions.map": "No promotion is mapped in the settings. A sale, a campaign and a voucher stay in the line's "
    "price, what comes off the order is shared out, every other promotion waits for a person.",
    "stock.site": "The figures are those the ERP gives without a site.",
    "stock.buffer": "As many stock units of every item are kept back as the storefront asks for, or none.",
    "stock.buffers": "No item has a buffer of its own.",
    "prices.lists": "The lists of the ERP that are published are those mapped to a list of the storefront.",
    "prices.decimals": "Published prices have the decimals of their currency's smallest coin.",
    "refunds.carriage_code": "No stock code is named for carriage that is given back.",
    "catalogue.families": "Products of every family are taken.",
    "catalogue.locale": "No locale is chosen.",
    "catalogue.channel": "No channel is chosen.",
    "catalogue.mapped": "Values of attributes go as they are.",
    "catalogue.private_media": "Every address of a medium is sent.",
    "catalogue.rules.stock_code_forbidden": "A stock code may hold any character.",
    "catalogue.rules.description_forbidden": "A description may hold any character.",
    "catalogue.rules.text_max": "No other longest text is known.",
    "catalogue.rules.required": "No field is required of every stock item.",
    "catalogue.rules.required_by_family": "No family asks for more.",
    "catalogue.rules.required_channel": "What the PIM requires of a family is not asked for.",
    "catalogue.new_items.tax_attribute": "No attribute says the tax of a new item.",
    "catalogue.new_items.tax_percent": "A new item that names no tax waits in a case.",
    "catalogue.release.status_attribute": "Where a product stands is not shown in the PIM.",
    "catalogue.release.reasons_attribute": "Why a product waits is not shown in the PIM.",
    "catalogue.structure.replaces_attribute": "No attribute names the SKU that variants take the place of.",
    "locations": "No place is named: nobody's figures are known to count.",
    "non_commercial_classes": "Every order of the ERP is trade.",
    "feed.consumer_classes": "No sales are told to the shops.",
}
