def test_base_is_there(env):
    assert env["res.users"].browse(2).login == "admin"
