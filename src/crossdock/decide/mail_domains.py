"""E-mail domains of providers that anybody may have an address with: sharing one says nothing about two companies."""

_DOMAINS = """
gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk hotmail.fr hotmail.de hotmail.it live.com live.co.uk
live.fr msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr yahoo.it yahoo.es ymail.com rocketmail.com icloud.com me.com
mac.com aol.com aol.co.uk gmx.com gmx.net gmx.de gmx.at gmx.ch web.de mail.com email.com proton.me protonmail.com
pm.me tutanota.com zoho.com fastmail.com hey.com yandex.com mail.ru btinternet.com btopenworld.com sky.com
virginmedia.com virgin.net ntlworld.com blueyonder.co.uk talktalk.net tiscali.co.uk plusnet.com o2.co.uk eircom.net
orange.fr wanadoo.fr free.fr sfr.fr laposte.net neuf.fr t-online.de freenet.de arcor.de libero.it virgilio.it
tiscali.it alice.it tin.it telefonica.net terra.es ziggo.nl kpnmail.nl planet.nl hetnet.nl xs4all.nl telenet.be
skynet.be comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net
"""
FREE_MAIL = frozenset(_DOMAINS.split())
