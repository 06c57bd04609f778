-- What the identity provider's answer is held against travels with the browser: nothing of it is kept here.
alter table sign_in_step drop column sealed;
