def test_probe(market):
    C = market.rest("cpa")
    for model in market.house.app.server.tenants.open(market.name).registry.models if hasattr(market.house.app.server,'tenants') else []: pass
    import json
    doc = C.get("/api/openapi.json").json
    models = sorted({p.split("/")[2] for p in doc["paths"] if p.startswith("/api/")})
    for m in models:
        g = C.get(f"/api/{m}/", query="{id}")
        if g.status==200: print(m, g.json.get("total"), end="; ")
        else: print("!", m, g.status, end="; ")
    print()
    print(json.dumps(C.get("/api/res.users/", query="{login,name,email,groups_id}").json)[:600])
    print(json.dumps(C.get("/api/res.users/").json["result"][0])[:3000])
    print([p for p in doc["paths"] if p.startswith("/object/")][:80])
    print(json.dumps(C.get("/api/res.partner/").json["result"][1])[:4000])
