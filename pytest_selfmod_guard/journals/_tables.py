"""
The tables of a journal in PostgreSQL, and what is asked of them.

docs/postgresql.md shows the statements that make them, for people to run.
"""

from __future__ import annotations

SCHEMA = 1

MIGRATIONS = (
    # Under names that nobody else has: the schema may hold tables of others.
    """
create table selfmod_guard_schema (version integer primary key);

create table selfmod_guard_events (
    seq bigint primary key,
    at double precision not null,
    kind text collate "C" not null,
    attempt text collate "C" not null,
    subject text collate "C" not null,
    body text collate "C" not null,
    fold text collate "C" not null,
    prev text collate "C" not null unique,
    hash text collate "C" not null
);

create index selfmod_guard_subject on selfmod_guard_events (left(subject, 128), (-seq));
create index selfmod_guard_kind on selfmod_guard_events (left(kind, 128), (-seq));
create index selfmod_guard_fold on selfmod_guard_events ((-seq)) where fold <> '';

create function selfmod_guard_refuse() returns trigger language plpgsql as
$$ begin raise exception 'the journal of selfmod-guard is only ever added to'; end $$;

create trigger selfmod_guard_append_only
    before update or delete or truncate on selfmod_guard_events
    for each statement execute function selfmod_guard_refuse();

create trigger selfmod_guard_append_only
    before update or delete or truncate on selfmod_guard_schema
    for each statement execute function selfmod_guard_refuse();

insert into selfmod_guard_schema values (1);
""",
)
"""What leads from nothing to the first schema, from there to the second, and so on."""

IDENTITY = """
select oid::bigint from pg_class
where relname = 'selfmod_guard_events' and pg_table_is_visible(oid)
"""
"""Not by `to_regclass`, which does not see a table made while this transaction waited."""

VERSION = "select max(version) from selfmod_guard_schema"
NOW = "select extract(epoch from clock_timestamp())::double precision"

INSERT = """
insert into selfmod_guard_events (seq, at, kind, attempt, subject, body, fold, prev, hash)
select * from unnest(
    %s::bigint[], %s::double precision[], %s::text[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[]
)
"""
"""Column by column, in one statement. `executemany` would make a pipeline, behind
which the server does not notice that a turn is idle."""

HEAD = "select seq, hash from selfmod_guard_events order by seq desc limit 1"

_SELECT = """
select seq, at, kind, attempt, subject, body, fold, prev, hash from selfmod_guard_events
"""
LAST = _SELECT + "order by seq desc limit 1"

# By `-seq` no plan can take the primary key, and go through all that came since.
FOLDED = _SELECT + "where fold <> '' order by -seq limit 1"

# What an index holds must be short, and a text need not be.
ABOUT = _SELECT + "where left(subject, 128) = left(%s, 128) and subject = %s order by -seq limit %s"
OF_KIND = _SELECT + "where left(kind, 128) = left(%s, 128) and kind = %s order by -seq limit %s"

BODIES = """
select body from selfmod_guard_events
where left(kind, 128) = left(%s, 128) and kind = %s order by -seq limit %s
"""
"""Alone: the folds beside them are longer by far."""

PAGE = """
select seq, at, kind, attempt, subject, body, fold, prev, hash from (
    select *, sum(octet_length(body) + octet_length(fold)) over (order by seq)
        - octet_length(body) - octet_length(fold) as before
    from (select * from selfmod_guard_events where seq > %s order by seq limit 1000) as next
) as page where before < 4000000 order by seq
"""
"""The events behind a number, as many as fit into a few megabytes, but at least one."""
