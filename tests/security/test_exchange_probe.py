import json
def test_probe(market):
    C = market.rest("cpa")
    for m in "crm.lead product.product product.template res.company res.partner res.users sale.order sale.order.line".split():
        g = C.get(f"/api/{m}/", query="{id,display_name}")
        print(m, g.status, json.dumps(g.json)[:300])
    print(C.get("/api/res.partner/", filter=[["user_ids.login","!=",False]]).json)
    print(C.get("/api/sale.order/", query="{name, user_id{login}, company_id{name,partner_id{name}}, order_line{name,product_id{name,standard_price}}, partner_id{child_ids{name}}}").body.decode()[:900])
    print(C.get("/api/sale.order/", query="{name, user_id{login}, company_id{name,partner_id{name}}, order_line{name,product_id{name}}, partner_id{child_ids{name}}}").body.decode()[:900])
