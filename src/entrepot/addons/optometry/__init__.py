"""The clinical part of an eye clinic: patients, exams, prescriptions, documents and consent."""
