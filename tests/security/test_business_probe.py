import json
from entrepot.errors import EntrepotError
def test_probe(market):
    S = market.system
    def t(title, who, model, method, *a, **k):
        try:
            r = market.call(who, model, method, *a, **k)
            r = list(r.dicts())[:2] if hasattr(r, "dicts") else r
            print("OK  ", title, "|", who, model, method, "->", repr(r)[:200])
            return r
        except EntrepotError as e:
            print("    ", title, "|", who, "x", type(e).__name__, str(e)[:170].replace("\n"," / "))
        except Exception as e:
            print("!!!!", title, "|", who, "x", type(e).__name__, str(e)[:300])
    prod = S("product.product","search",[["name","=","Phone A12-64"]])[0]
    S("product.product","write",[prod],{"is_storable": True})
    wh = S("stock.warehouse","search_read",[["code_pos","=","EKIWH"]],["lot_stock_id","out_type_id","in_type_id"]); wh = list(wh.dicts())[0]
    m2o=lambda v: v[0] if isinstance(v,(list,tuple)) else v
    lot=m2o(wh["lot_stock_id"]); out=m2o(wh["out_type_id"])
    q=S("stock.quant","create",{"product_id":prod,"location_id":lot,"inventory_quantity":50}); S("stock.quant","action_apply_inventory",[q])
    try:
        S("res.company","load_chart_of_accounts",[1],"generic")
    except EntrepotError as e: print(e)
    cust=S("res.partner","create",{"name":"Cust","property_product_pricelist":False})
    so=S("sale.order","create",{"partner_id":cust,"order_line":[(0,0,{"product_id":prod,"product_uom_qty":3})]})
    S("sale.order","action_confirm",[so])
    pick=S("sale.order","read",[so],["picking_ids"]).rows[0][1][0]
    moves=S("stock.move","search",[["picking_id","=",pick]])
    inv=S("account.move","create",{"move_type":"out_invoice","partner_id":cust,"invoice_line_ids":[(0,0,{"name":"x","quantity":1,"price_unit":100})]})
    S("account.move","action_post",[inv])
    bill=S("account.move","create",{"move_type":"in_invoice","partner_id":cust,"invoice_date":"2026-01-01","invoice_line_ids":[(0,0,{"name":"secret supplier","quantity":1,"price_unit":100})]})
    S("account.move","action_post",[bill])
    accs=S("account.account","search",[],limit=2)
    j=S("account.journal","search",[["type","=","general"]])[0]
    pay=S("account.move","create",{"move_type":"entry","journal_id":j,"ref":"payroll of Omar","line_ids":[(0,0,{"account_id":accs[0],"debit":10,"name":"salary Omar"}),(0,0,{"account_id":accs[1],"credit":10,"name":"salary Omar"})]})
    line=S("account.move.line","search",[["move_id","=",inv]])[0]
    sol=S("sale.order.line","search",[["order_id","=",so]])[0]

    E=market.ids["elsewhere"]
    def rd(model, id, *f):
        if isinstance(id,int): print("       =>", {k:v for k,v in market.one(model,[["id","=",id]],list(f)).items()})
    r=t("default so","seller","sale.order","create",{"partner_id":cust},context={"default_state":"sale","default_locked":True,"default_amount_total":5,"default_name":"S9","default_invoice_status":"invoiced","default_ek_state":"EK_ORDER_DELIVERED","default_ek_peer_id":market.ids["CPA"]}); rd("sale.order",r,"state","name","invoice_status","ek_state","ek_peer_id")
    r=t("default sol","seller","sale.order","create",{"partner_id":cust,"order_line":[(0,0,{"product_id":prod,"product_uom_qty":1})]},context={"default_qty_delivered":9,"default_qty_invoiced":9,"default_price_unit":0,"default_state":"done","default_company_id":E}); 
    r=t("default mv","bookkeeper","account.move","create",{"move_type":"entry"},context={"default_state":"posted","default_name":"INV/2026/99999","default_posted_before":True,"default_payment_state":"paid"}); rd("account.move",r,"state","name","payment_state")
    r=t("default pay","bookkeeper","account.payment","create",{"amount":10,"partner_id":cust},context={"default_state":"paid","default_name":"P1","default_move_id":inv}); rd("account.payment",r,"state","name","move_id")
    r=t("default quant","storekeeper","stock.quant","create",{"product_id":prod,"location_id":S("stock.location","search",[["usage","=","customer"]])[0]},context={"default_quantity":999,"default_reserved_quantity":5}); rd("stock.quant",r,"quantity","reserved_quantity")
    r=t("default move","storekeeper","stock.move","create",{"name":"x","product_id":prod,"product_uom_qty":5,"location_id":lot,"location_dest_id":lot},context={"default_state":"done","default_quantity":5}); rd("stock.move",r,"state","quantity")
    r=t("default picking","storekeeper","stock.picking","create",{"picking_type_id":out,"move_ids":[(0,0,{"product_id":prod,"product_uom_qty":5})]},context={"default_state":"done","default_date_done":"2020-01-01"}); rd("stock.picking",r,"state","date_done")
    r=t("default po","buyer","purchase.order","create",{"partner_id":cust},context={"default_state":"purchase","default_name":"P9","default_ek_ref":"x"}); rd("purchase.order",r,"state","name")
    r=t("default lead","seller","crm.lead","create",{"name":"l"},context={"default_ek_peer_id":market.ids["CPA"],"default_probability":100,"default_ek_cart_id":5}); rd("crm.lead",r,"ek_peer_id","probability")
    t("po state","buyer","purchase.order","write",[r],{"state":"purchase"}) if 0 else None
    r=t("po create","buyer","purchase.order","create",{"partner_id":cust,"order_line":[(0,0,{"product_id":prod,"product_qty":2,"price_unit":5})]})
    t("po state w","buyer","purchase.order","write",[r],{"state":"purchase"})
    t("po confirm","buyer","purchase.order","button_confirm",[r])
    pl=S("purchase.order.line","search",[["order_id","=",r]])[0]
    t("po qty_received","buyer","purchase.order.line","write",[pl],{"qty_received":2})
    t("po invoiced","buyer","purchase.order.line","write",[pl],{"qty_invoiced":2})
    t("po invoice_lines","buyer","purchase.order.line","write",[pl],{"invoice_lines":[(4,line)]})
    t("po move_ids upd","buyer","purchase.order.line","write",[pl],{"move_ids":[(1,moves[0],{"product_uom_qty":77})]})
    t("po move_ids new","buyer","purchase.order.line","write",[pl],{"move_ids":[(0,0,{"name":"x","product_id":prod,"product_uom_qty":5,"location_id":lot,"location_dest_id":lot})]})
    t("so move_ids upd","seller","sale.order.line","write",[sol],{"move_ids":[(1,moves[0],{"product_uom_qty":77})]})
    t("so move_ids new","seller","sale.order.line","write",[sol],{"move_ids":[(0,0,{"name":"x","product_id":prod,"product_uom_qty":5,"location_id":lot,"location_dest_id":lot})]})
    t("so move_ids del","seller","sale.order.line","write",[sol],{"move_ids":[(2,moves[0])]})
    t("so move_ids unlink","seller","sale.order.line","write",[sol],{"move_ids":[(3,moves[0])]})
    t("so invoice_lines new","seller","sale.order.line","write",[sol],{"invoice_lines":[(0,0,{"move_id":inv,"name":"x"})]})
    t("so invoice_lines upd","seller","sale.order.line","write",[sol],{"invoice_lines":[(1,line,{"name":"x"})]})
    t("so partner upd","seller","sale.order","write",[so],{"partner_id":market.ids["client of cpa"]})
    t("so order of line moved","seller","sale.order.line","write",[sol],{"order_id":market.ids["order of cpa"]})
    t("po order of line moved","buyer","purchase.order.line","write",[pl],{"order_id":1})
    t("ml move line partner","bookkeeper","account.move.line","write",[line],{"move_id":pay})
    t("ml create on posted","bookkeeper","account.move.line","create",{"move_id":inv,"account_id":accs[0],"debit":0,"name":"q"})
    t("tags tax","bookkeeper","account.move.line","write",[line],{"tax_ids":[(5,0,0)]})
    t("ml account posted","bookkeeper","account.move.line","write",[line],{"account_id":accs[0]})
    t("ml unlink posted","bookkeeper","account.move.line","unlink",[line])
    t("mv lines del","bookkeeper","account.move","write",[inv],{"invoice_line_ids":[(2,line)]})
    t("mv date posted","bookkeeper","account.move","write",[inv],{"invoice_date":"2020-01-01","date":"2020-01-01"})
    t("mv due","bookkeeper","account.move","write",[inv],{"invoice_date_due":"2020-01-01"})
    t("mv copy","bookkeeper","account.move","copy",[inv],{"state":"posted"})
    t("so copy","seller","sale.order","copy",[so],{"state":"sale"})
    t("pick copy","storekeeper","stock.picking","copy",[pick],{"state":"done"})
    t("load so","seller","sale.order","load",["partner_id/.id","state"],[[str(cust),"sale"]])
    t("load move","bookkeeper","account.move","load",["move_type","state"],[["entry","posted"]])
    t("web_save","seller","sale.order","web_save",[],{"partner_id":cust,"state":"sale"},{})
    t("validate","storekeeper","stock.picking","button_validate",[pick])
    t("done sale_line","storekeeper","stock.move","write",moves,{"sale_line_id":False})
    t("done product2","storekeeper","stock.move","write",moves,{"product_id":S("product.product","create",{"name":"P2"})})
    t("done price","storekeeper","stock.move","write",moves,{"price_unit":3})
    t("done origin","storekeeper","stock.move","write",moves,{"date":"2020-01-01"})
    # POS
    m=S("pos.config","search",[])
    if not m: m=[S("pos.config","create",{"name":"Till"})]
    sess=t("open","cashier","pos.config","open_ui",[m[0]])
    print(S("pos.payment.method","search_read",[],["name","type"]).rows, S("pos.session","search_read",[],["name","state"]).rows)
    sess=S("pos.session","search",[])[0]
    pm=S("pos.payment.method","search",[])[0]
    t("opening","cashier","pos.session","set_opening_control",[sess],0)
    for sp in ({"state":"closed"},{"state":"opened"},{"start_at":"2020-01-01"},{"cash_register_balance_start":5},{"cash_register_balance_end_real":5},{"user_id":2},{"move_id":inv},{"name":"x"},{"config_id":m[0]}):
        t("session w","cashier","pos.session","write",[sess],sp)
    o=t("order","cashier","pos.order","create",{"session_id":sess,"lines":[(0,0,{"product_id":prod,"qty":1,"price_unit":100})]})
    for sp in ({"state":"paid"},{"state":"invoiced"},{"amount_total":1},{"amount_paid":100},{"account_move":inv},{"name":"x"},{"user_id":2},{"session_id":sess}):
        t("order w","cashier","pos.order","write",[o],sp)
    r=t("order default","cashier","pos.order","create",{"session_id":sess},context={"default_state":"paid","default_amount_paid":5,"default_amount_total":5,"default_account_move":inv}); rd("pos.order",r,"state","amount_total","account_move")
    r=t("session default","cashier","pos.session","create",{"config_id":m[0]},context={"default_state":"closed"})
    t("pay","cashier","pos.payment","create",{"pos_order_id":o,"payment_method_id":pm,"amount":1e15})
    t("pay neg","cashier","pos.payment","create",{"pos_order_id":o,"payment_method_id":pm,"amount":-5})
    t("pay","cashier","pos.payment","create",{"pos_order_id":o,"payment_method_id":pm,"amount":100})
    t("paid","cashier","pos.order","action_pos_order_paid",[o])
    ln=S("pos.order.line","search",[["order_id","=",o]])[0]
    t("paid line","cashier","pos.order.line","write",[ln],{"price_unit":1})
    t("paid line unlink","cashier","pos.order.line","unlink",[ln])
    t("paid pay unlink","cashier","pos.payment","unlink",S("pos.payment","search",[]))
    t("paid unlink","cashier","pos.order","unlink",[o])
    t("sync state","cashier","pos.order","sync_from_ui",[{"uuid":"u1","session_id":sess,"state":"paid","lines":[[0,0,{"product_id":prod,"qty":1,"price_unit":1}]],"payment_ids":[], "amount_paid":1,"amount_total":1,"amount_tax":0,"amount_return":0}])
    t("sync other","cashier","pos.order","sync_from_ui",[{"id":o,"uuid":"u2","session_id":sess,"state":"draft","lines":[[0,0,{"product_id":prod,"qty":-50,"price_unit":100000}]],"name":"X","account_move":inv,"company_id":E}])
    t("cash big","cashier","pos.session","try_cash_in_out",[sess],"out","1e9","x")
    t("cash nan","cashier","pos.session","try_cash_in_out",[sess],"in","NaN","x")
    t("cash exp","cashier","pos.session","try_cash_in_out",[sess],"in","1e-99999","x")
    t("count exp","cashier","pos.session","post_closing_cash_details",[sess],"1e999999")
    t("cashier reads moves","cashier","account.move","search",[])
    t("stranger session","stranger","pos.session","read",[sess],["name"])
    t("stranger open","stranger","pos.config","open_ui",[m[0]])
    t("invoice","cashier","pos.order","action_pos_order_invoice",[o],context={"default_state":"posted"})
    t("close","cashier","pos.session","action_pos_session_close",[sess])
    t("closed w","cashier","pos.session","write",[sess],{"cash_register_balance_end_real":5})
    t("closed order","cashier","pos.order","create",{"session_id":sess})
