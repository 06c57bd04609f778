-- What the ERP was sent of a despatch, word for word: whatever is amended meanwhile, that is what is looked for there.
alter table retail_despatch add column sent jsonb;
