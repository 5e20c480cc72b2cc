"""The calls of the clinic's API guide, one after another, with address, database and login as variables."""
# The guide's own spelling is kept, so that its calls can be compared by eye.
# fmt: off
# ruff: noqa: Q000

import os
import xmlrpc.client

url = os.environ.get("ENTREPOT_URL", "http://127.0.0.1:8069")
db = os.environ.get("ENTREPOT_DB", "demo")
username = os.environ.get("ENTREPOT_LOGIN", "admin")
password = os.environ.get("ENTREPOT_PASSWORD", "admin")

# Authenticate to get a uid
common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
uid = common.authenticate(db, username, password, {})
print("Authenticated UID:", uid)

# The object endpoint
models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

# Search records
patient_ids = models.execute_kw(
    db, uid, password,
    'got2.patient', 'search',
    [[['active', '=', True]]]
)
print(len(patient_ids), "active patients")

# Search and read records
patients = models.execute_kw(
    db, uid, password,
    'got2.patient', 'search_read',
    [[['active', '=', True]]],  # domain
    {'fields': ['name', 'email'], 'limit': 10}
)
print(patients)

# Read a specific record by id
patient = models.execute_kw(
    db, uid, password,
    'got2.patient', 'read',
    [[15]],  # record ID list
    {'fields': ['name', 'email']}
)
print(patient)

# Create a new record
new_id = models.execute_kw(
    db, uid, password,
    'got2.patient', 'create',
    [{
        'name': 'John Doe',
        'email': 'john@example.com',
        'active': True,
    }]
)
print("New patient:", new_id)

# Update a record
success = models.execute_kw(
    db, uid, password,
    'got2.patient', 'write',
    [[15], {  # record ID list
        'email': 'updated@example.com'
    }]
)
print("Updated:", success)

# Delete a record
deleted = models.execute_kw(
    db, uid, password,
    'got2.patient', 'unlink',
    [[15]]  # record ID list
)
print("Deleted:", deleted)

# Check the server version
version = common.version()
print(version)

# Execute a custom method
models.execute_kw(
    db, uid, password,
    'got2.patient', 'send_patient_summary',
    [[15]]
)

# Inspect a model
fields = models.execute_kw(
    db, uid, password,
    'got2.patient', 'fields_get',
    [],
    {'attributes': ['string', 'type']}
)
print(len(fields), "fields")

# Full flow: create a patient and read it
common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
uid = common.authenticate(db, username, password, {})
models = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

# Create patient
patient_id = models.execute_kw(
    db, uid, password,
    'got2.patient', 'create',
    [{
        'name': 'Jane Smith',
        'email': 'jane@example.com',
    }]
)

# Read patient info
patient_info = models.execute_kw(
    db, uid, password,
    'got2.patient', 'read',
    [[patient_id]],
    {'fields': ['name', 'email']}
)
print(patient_info)
