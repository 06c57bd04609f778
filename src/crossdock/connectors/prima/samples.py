"""Settings for the simulated Prima: of its SOAP service, and of the bridge server beside it."""

from collections.abc import Iterator, Mapping

from crossdock.ports.systems import Sample

OTHERS = (
    "OSLO-S-BLK,OSLO,BLK,S", "OSLO-S-WHT,OSLO,WHT,S", "OSLO-L-BLK,OSLO,BLK,L", "OSLO-L-WHT,OSLO,WHT,L",
    "KIT-DOOR,KITDOOR", "BLD-SHELF,BLDSHELF",
)  # fmt: skip


def key_table(items: int = 120) -> str:
    """How the simulated merchant's SKUs are called over there. A real key table is exported from Prima."""
    return "\n".join(["sku,product,m1,m2,m3,m4", *_rows(items)])


def _rows(items: int) -> Iterator[str]:
    plain = (f"HP-{number},HP{number}" for number in range(1000, 1000 + items))
    for row in (*plain, *OTHERS):
        cells = row.split(",")
        yield ",".join([*cells, *[""] * (6 - len(cells))])


SAMPLES: Mapping[str, Sample] = {
    "prima": Sample(
        note="An ERP, through its SOAP service. What only its owner can confirm is set as the simulator has it.",
        settings={
            "base_url": "http://127.0.0.1:8805/wsa/prima",
            "profile": "prima-solutions-soap",
            "key_table": "prima-keys.csv",
            "price_meaning": "unit",
            "not_found_on_error": "absent",
            "stock_semantics_confirmed": True,
        },
        files={"prima-keys.csv": key_table()},
    ),
    "prima-bridge": Sample(
        note="The same ERP, through a bridge server beside it.",
        settings={
            "base_url": "http://127.0.0.1:8805",
            "profile": "bridge-v1",
            "auth": "bearer_static",
            "bearer_token": "file:secrets/prima-bridge-token",
            "stock_semantics_confirmed": True,
        },
        files={"secrets/prima-bridge-token": "sandbox-token"},
    ),
}
