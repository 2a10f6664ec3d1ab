"""
What attackers have a shell do, in any shell.

As in `_destructive`, every repetition is bounded.
"""

from __future__ import annotations

import re

from pytest_selfmod_guard.model import Risk
from pytest_selfmod_guard.rules.danger._destructive import Harm

_FETCH = (
    r"\b(?:curl|wget|nc|ncat|netcat|scp|socat|ftp|nslookup|dig|invoke-webrequest"
    r"|invoke-restmethod|iwr|irm|http|mail)\b"
)
_ANY = r"[^\n]{0,300}"
_KEYS = (
    r"(?:\.ssh(?![\w.-])|id_rsa|id_ed25519|\.aws/credentials|\.netrc|\.pypirc"
    r"|\.npmrc|\.git-credentials|\.kube/config|\.docker/config"
    r"|/etc/passwd|/etc/shadow|\.gnupg|\.bash_history|\.config/gcloud"
    r"|(?<![\w.])\.env\b|login data|key4\.db|/proc/self/environ)"
)
_TELL = (
    r"(?:\$\(|`|%)\s{0,3}(?:whoami|hostname|id|uname|env|printenv|set"
    r"|username|computername|cat /etc/)\b"
)
_HIDDEN = r"\$\{?\w{0,40}(?:TOKEN|SECRET|PASSWORD|API_KEY|ACCESS_KEY)\w{0,20}\}?"
_START = (
    r"(?:~|\$HOME|\$\{HOME\}|/root|/home/\w+)/\.(?:bashrc|bash_profile"
    r"|profile|zshrc|zshenv|zprofile|ssh/authorized_keys"
    r"|config/autostart/|config/systemd/user/|ssh/rc)|/etc/(?:profile"
    r"|bash\.bashrc|rc\.local|crontab|cron\.[dhwm]\w*/|ld\.so\.preload"
    r"|sudoers|hosts\b|pam\.d|systemd/system/)|\.git/hooks/|/var/spool/cron"
    r"|library/launch(?:agents|daemons)"
)
_SUDOERS = r"NOPASSWD\s{0,3}:\s{0,3}ALL"

_TABLE = tuple(
    (re.compile(pattern, re.IGNORECASE), Harm(what, risk))
    for pattern, what, risk in (
        (
            rf"\b(?:env|printenv|set|export)\s{{0,3}}\|{_ANY}{_FETCH}",
            "sends the environment away",
            Risk.CRITICAL,
        ),
        (
            rf"{_FETCH}{_ANY}(?:\$\(|`)\s{{0,3}}(?:env|printenv|export|set)\b",
            "sends the environment away",
            Risk.CRITICAL,
        ),
        (
            (
                rf"{_FETCH}(?:(?!\s-o\s)[^\n]){{0,200}}(?:@|<|-T\s{{0,3}}"
                rf"|--upload-file[ =]|=@)[\"']?\S{{0,60}}{_KEYS}"
            ),
            "sends keys or accounts away",
            Risk.CRITICAL,
        ),
        (
            rf"{_FETCH}{_ANY}(?:\$\(|`)\s{{0,3}}(?:cat|base64|head|tar|xxd)\b{_ANY}{_KEYS}",
            "sends keys or accounts away",
            Risk.CRITICAL,
        ),
        (rf"{_KEYS}{_ANY}\|{_ANY}{_FETCH}", "sends keys or accounts away", Risk.CRITICAL),
        (
            rf"\b(?:scp|rsync)\s[^\n]{{0,80}}(?<!-i )(?<!-i ~/){_KEYS}[^\n]{{0,80}}\s\S{{1,60}}:",
            "sends keys or accounts away",
            Risk.HIGH,
        ),
        (
            (
                r"\b(?:git\s{1,3}(?:config|remote|credential|log|ls-files|diff|bundle|archive)|history|ps"
                r"|ifconfig|ip\s{1,3}a\w{0,4}|tar|cat|find|pip\s{1,3}(?:freeze|list))\s[^\n|]{0,200}\|[^\n]{0,120}"
                r"\b(?:curl|wget|nc|ncat)\b[^\n]{0,200}(?:-T\s{0,3}-|@-|--upload-file\s{1,3}-|=@-|\bnc(?:at)?\s"
                r"|--post-file[= ]-)"
            ),
            "sends what lies on this machine away",
            Risk.HIGH,
        ),
        (rf"{_FETCH}{_ANY}{_TELL}", "tells somebody about this machine", Risk.HIGH),
        (
            rf"\b(?:whoami|hostname|uname -a|id)\s{{0,3}}\|{_ANY}{_FETCH}",
            "tells somebody about this machine",
            Risk.HIGH,
        ),
        (
            r"\|\s{0,3}crontab\s{1,3}-|\bcrontab\s{1,3}(?:-\s|-$|/tmp|\S{1,60}\.(?:txt|cron))",
            "schedules a program",
            Risk.HIGH,
        ),
        (
            r"\bschtasks(?:\.exe)?\b[^\n]{0,40}/create|\b(?:new|register)-scheduledtask",
            "schedules a program",
            Risk.HIGH,
        ),
        (
            (
                r"\breg(?:\.exe)?\s{1,3}add\b[^\n]{0,160}currentversion\\{1,"
                r"4}(?:run|policies|winlogon|image file)|(?:set|new)-itemproperty\b[^\n"
                r"]{0,160}currentversion\\{1,4}run"
            ),
            "makes a program start by itself",
            Risk.HIGH,
        ),
        (
            (
                r"(?:>>?|\btee\s{1,3}(?:-a\s{1,3})?|\bcp\s[^\n]{1,"
                rf"120}}\s|\bmv\s[^\n]{{1,120}}\s)\s{{0,3}}[\"']?(?:{_START})"
            ),
            "writes where things are started from",
            Risk.HIGH,
        ),
        (
            (
                r"start menu\\{1,4}programs\\{1,4}startup|\\startup\\{1,"
                r"4}\S{1,60}\.(?:bat|vbs|exe|lnk|ps1)|shell:startup"
            ),
            "writes where things are started from",
            Risk.HIGH,
        ),
        (
            r"\blaunchctl\s{1,3}(?:load|bootstrap)\b|\bsc(?:\.exe)?\s{1,3}create\s|\bnew-service\b",
            "makes a program start by itself",
            Risk.HIGH,
        ),
        (
            (
                r"\bgit\s{1,3}config\b[^\n]{0,80}\bcore\.(?:hookspath|sshcommand"
                r"|fsmonitor|pager|editor)\b"
            ),
            "changes what git runs",
            Risk.HIGH,
        ),
        (
            (
                r"\bpip[\d.]{0,4}\s{1,3}config\s[^\n]{0,40}\bset\b[^\n]{0,"
                r"40}(?:index-url|trusted-host)|\bnpm\s{1,3}config\s{1,3}set\s{1,"
                r"3}registry"
            ),
            "changes where packages come from",
            Risk.HIGH,
        ),
        (rf"{_SUDOERS}", "gives every right without a password", Risk.HIGH),
        (
            (
                r"\b(?:useradd|adduser)\s[^\n]{0,120}(?:-o\s|-u\s{1,3}0\b"
                r"|-\w{0,3}G\s{1,3}\S{0,20}(?:sudo|wheel|root|docker))|\busermod\s[^\n"
                r"]{0,60}-\w{0,3}a\w{0,3}G?\w{0,2}\s{1,3}(?:sudo|wheel|root)\b"
            ),
            "makes an account of power",
            Risk.HIGH,
        ),
        (
            (
                r"\bnet(?:\.exe)?\s{1,3}(?:user\s{1,3}\S{1,40}\s{1,3}\S{1,"
                r"60}\s{1,3}/add|localgroup\s{1,3}\S{1,40}\s{1,3}\S{1,40}\s{1,"
                r"3}/add)|\bnew-localuser\b"
            ),
            "makes an account",
            Risk.HIGH,
        ),
        (r"\bchpasswd\b|\bpasswd\s{1,3}(?:-d|--stdin)\s", "sets a password", Risk.HIGH),
        (
            (
                r"(?:set|add)-mppreference\b[^\n]{0,120}-(?:disable|exclusion)"
                r"|\bsc(?:\.exe)?\s{1,3}(?:stop|delete|config)\s{1,3}(?:windefend"
                r"|wscsvc|mpssvc|sense)|disableantispyware"
            ),
            "switches the machine's defences off",
            Risk.CRITICAL,
        ),
        (
            (
                r"\bnetsh\b[^\n]{0,60}(?:advfirewall|firewall)[^\n]{0,80}(?:state\s{1,"
                r"3}off|disable)|\bufw\s{1,3}(?:--force\s{1,3})?(?:disable"
                r"|reset)|\biptables\s{1,3}-F\b"
            ),
            "switches the firewall off",
            Risk.HIGH,
        ),
        (
            (
                r"\bsetenforce\s{1,3}(?:0|permissive)|\bsystemctl\s{1,3}(?:stop"
                r"|disable|mask)\s[^\n]{0,60}(?:firewalld|auditd|apparmor"
                r"|falco|clamav|ufw|rsyslog|crowdstrike|falcon)|\bspctl\s{1,"
                r"3}--(?:master|global)-disable|\bcsrutil\s{1,3}disable"
            ),
            "switches the machine's defences off",
            Risk.HIGH,
        ),
        (
            (
                r"\btaskkill\b[^\n]{0,80}(?:defender|msmpeng|avast|avg"
                r"|kaspersky|norton|mcafee|sophos|eset|egui|malwarebytes|mbam"
                r"|wireshark|procmon|processhacker)"
            ),
            "kills what protects the machine",
            Risk.HIGH,
        ),
        (
            (
                r"\bvssadmin\b[^\n]{0,40}delete|\bwbadmin\b[^\n]{0,40}delete"
                r"|\bwmic\s{1,3}shadowcopy\b[^\n]{0,40}delete|\bbcdedit\b[^\n"
                r"]{0,80}(?:recoveryenabled\s{1,3}no|ignoreallfailures)|\bcipher\s{1,3}/w"
            ),
            "takes away the way back",
            Risk.CRITICAL,
        ),
        (
            (
                r"\bwevtutil\b[^\n]{0,20}\bcl\b|\bclear-eventlog\b|\bhistory\s{1,"
                r"3}-c\b|\bunset\s{1,3}HISTFILE|\bHISTFILE=/dev/null|(?:>"
                r"|truncate\b[^\n]{0,40}|shred\b[^\n]{0,40}|rm\s{1,3}-\w{1,"
                r"4}\s{1,3})\s{0,3}/var/log/(?:auth|syslog|wtmp|btmp|secure"
                r"|audit|lastlog|messages)"
            ),
            "wipes traces",
            Risk.HIGH,
        ),
        (
            (
                r"\bchmod\s{1,3}[^\n]{0,20}(?:u\+s|[46]7[0-7]{2})\s[^\n"
                r"]{0,80}(?:/bin/|/tmp/|sh\b)|\bchmod\s{1,3}(?:-R\s{1,3})?0?777\s{1,"
                r"3}/(?:etc|usr|bin|lib|var|root|opt|home)?(?:/(?:passwd|shadow"
                r"|sudoers|bin|local/bin))?(?=\s|$|/\s)"
            ),
            "opens the system to everybody",
            Risk.HIGH,
        ),
        (
            (
                r"\bxmrig\b|\bminerd\b|\bcpuminer\b|stratum\+(?:tcp|ssl"
                r"|tls)://|coinhive|\b(?:supportxmr|minexmr|moneroocean|nanopool"
                r"|hashvault|unmineable|2miners|c3pool|nicehash|f2pool|ethermine)"
                r"\.\w|\b(?:ethminer|nbminer|lolminer|phoenixminer|t-rex|xmr-stak"
                r"|teamredminer)\b[^\n]{0,80}\s-"
            ),
            "mines for somebody",
            Risk.HIGH,
        ),
        (
            r"(?:^|[;&|]\s{0,3})kill(?:all)?\s{1,3}-(?:9|KILL)\s{1,3}-1\b|\bkillall5\b",
            "kills every process",
            Risk.HIGH,
        ),
        (
            (
                r"%0\s{0,3}\|\s{0,3}%0|\b(?:format|diskpart)\s{1,3}[a-z]:\s{0,"
                r"3}/|\bformat\s{1,3}c:|\b(?:rd|rmdir|del|erase)\s[^\n]{0,"
                r"30}/[sq]\b[^\n]{0,30}(?:[a-z]:\\{0,4}(?:\*|\s|$|windows"
                r"|users)|%(?:userprofile|systemroot|systemdrive|homepath)"
                r"%)|remove-item\b[^\n]{0,60}-recurse[^\n]{0,60}(?:[a-z]:\\{1,"
                r"4}(?:\s|\*|$|[\"'])|\$home|\$env:(?:userprofile|systemroot"
                r"|systemdrive))|remove-item\b[^\n]{0,60}(?:[a-z]:\\{1,4}[\s\*\"']"
                r"|\$home|\$env:(?:userprofile|systemroot))[^\n]{0,40}-recurse"
            ),
            "deletes everything under a wide path",
            Risk.CRITICAL,
        ),
        (
            (
                rf"{_FETCH}{_ANY}{_HIDDEN}{_ANY}(?:webhook\.site|pipedream"
                r"|oast|ngrok|requestbin|interact|transfer\.sh|discord(?:app)"
                r"?\.com/api/webhooks)"
            ),
            "sends a secret away",
            Risk.CRITICAL,
        ),
        (
            (
                r"(?:curl|wget|nslookup|dig|ping|iwr|irm|invoke-\w+)\b[^\n"
                r"]{0,200}\b(?:webhook\.site|m\.pipedream\.net|oast\.(?:fun"
                r"|live|me|online|pro|site)|oastify\.com|interact\.sh|interactsh\.com"
                r"|burpcollaborator\.net|requestbin\.\w+|requestrepo\.com"
                r"|dnslog\.cn|canarytokens\.com|trycloudflare\.com|ngrok(?:-free)"
                r"?\.(?:io|app|dev)|discord(?:app)?\.com/api/webhooks)"
            ),
            "talks to an address for catching what leaks out",
            Risk.HIGH,
        ),
        (
            (
                r"169\.254\.169\.254/(?:latest/)?(?:meta-data/iam|api/token"
                r"|metadata/identity|user-data)|metadata\.google\.internal/\S{0,60}token"
            ),
            "asks for a cloud machine's own credentials",
            Risk.HIGH,
        ),
        (
            (
                r"\bsecurity\s{1,3}(?:find-(?:generic|internet)-password"
                r"|dump-keychain|export)\b|\bnetsh\s{1,3}wlan\s{1,3}show\b[^\n"
                r"]{0,80}key=clear|\breg\s{1,3}save\s{1,3}hklm\\{1,4}(?:sam"
                r"|security|system)|\bgpg\b[^\n]{0,60}--export-secret-keys"
                r"|mimikatz|\bcmdkey\s{1,3}/list"
            ),
            "takes passwords out of the system's store",
            Risk.HIGH,
        ),
    )
)


def hostile(text: str) -> list[Harm]:
    """Say what a command line does that attackers do; the worst first."""
    found = (harm for pattern, harm in _TABLE if pattern.search(text))
    return sorted(found, key=lambda harm: harm.risk, reverse=True)
