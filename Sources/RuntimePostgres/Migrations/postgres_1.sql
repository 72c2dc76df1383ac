-- subsgen's bus, version 1. Everything is in the schema subsgen.

create schema subsgen;
comment on schema subsgen is 'The event bus of subsgen';

-- One row: what all processes agree on.
create table subsgen.bus (
    only_row boolean primary key default true check (only_row),
    version integer not null,
    -- Which history the events belong to; drawn anew where one was lost.
    epoch bigint not null,
    -- The sequence of each partition; the first is of notices to processes.
    places regclass[] not null
);

create table subsgen.outbox (
    partition integer not null,
    place bigint not null,
    published_at timestamptz not null,
    -- By which its publisher finds it again; nothing where that was no bus.
    batch bigint,
    topic text collate "C" not null,
    -- JSON; nothing where the topic ends.
    payload text,
    -- A JSON object.
    attributes text,
    -- Bytes of payload and attributes, so that readers know without reading them.
    size integer not null,
    primary key (partition, place)
);

-- Up to which place the events of a partition have been thrown away.
create table subsgen.partitions (
    partition integer primary key,
    pruned bigint not null default 0
);

do $$
declare
    partitions constant integer := 16;
    sequences regclass[] := '{}';
begin
    for partition in 0..partitions loop
        execute format('create sequence subsgen.place_%s', partition);
        sequences := sequences || format('subsgen.place_%s', partition)::regclass;
        insert into subsgen.partitions (partition) values (partition);
    end loop;
    insert into subsgen.bus (version, epoch, places)
        values (1, ('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint, sequences);
end
$$;

-- The partition of a topic, of so many: events of a partition are read in the order of their places.
create function subsgen.partition_of(topic text, partitions integer) returns integer
language sql immutable
as $$ select 1 + mod(mod(hashtextextended(topic, 0), partitions) + partitions, partitions)::integer $$;

create function subsgen.partition_of(topic text) returns integer
language sql stable
as $$ select subsgen.partition_of(topic, cardinality(places) - 1) from subsgen.bus $$;

-- Says, until the transaction ends, that it may take places behind this one: the advisory lock's second number is the last place that was taken when it
-- began to. A reader who finds a place missing waits for those alone whose number is less.
create function subsgen.begin_publishing(partition integer, sequence regclass) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    mark constant text := 'subsgen.publishing_' || partition;
begin
    -- The setting goes with the transaction, or back to a savepoint, as the lock does.
    if current_setting(mark, true) is distinct from pg_current_xact_id()::text then
        perform pg_advisory_xact_lock_shared(
            1937072640 + partition, (((coalesce(pg_sequence_last_value(sequence), 0) + 2147483648) & 4294967295) - 2147483648)::integer);
        perform set_config(mark, pg_current_xact_id()::text, true);
    end if;
end
$$;

create function subsgen.add(topic text, payload text, attributes text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    bus subsgen.bus;
    partition integer;
    place bigint;
begin
    select * into strict bus from subsgen.bus;
    partition := subsgen.partition_of(topic, cardinality(bus.places) - 1);
    perform subsgen.begin_publishing(partition, bus.places[partition + 1]);
    place := nextval(bus.places[partition + 1]);
    insert into subsgen.outbox (partition, place, published_at, topic, payload, attributes, size)
        values (partition, place, clock_timestamp(), topic, payload, attributes, coalesce(octet_length(payload), 0) + coalesce(octet_length(attributes), 0));
    perform pg_notify('subsgen', partition::text);
    return format('1.%s.%s.%s', to_hex(bus.epoch), to_hex(partition), to_hex(place));
end
$$;

-- Publishes an event of a topic within the caller's transaction and gives its cursor. The payload is the JSON of the subscription field's value.
create function subsgen.publish(topic text, payload json, attributes json default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(topic, '') = '' then
        raise exception 'subsgen.publish: the topic is empty' using errcode = 'invalid_parameter_value';
    end if;
    if payload is null then
        raise exception 'subsgen.publish: the payload is an SQL null' using errcode = 'null_value_not_allowed', hint = 'The JSON null is written ''null''::json.';
    end if;
    if attributes is not null and json_typeof(attributes) <> 'object' then
        raise exception 'subsgen.publish: the attributes are no JSON object' using errcode = 'invalid_parameter_value';
    end if;
    return subsgen.add(topic, payload::text, attributes::text);
end
$$;

create function subsgen.publish(topic text, payload jsonb, attributes jsonb default null) returns text
language sql as $$ select subsgen.publish(topic, payload::json, attributes::json) $$;

create function subsgen.publish(topic text, payload text, attributes text default null) returns text
language sql as $$ select subsgen.publish(topic, payload::json, attributes::json) $$;

-- Ends a topic: its subscriptions complete, behind what was published before.
create function subsgen.complete(topic text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(topic, '') = '' then
        raise exception 'subsgen.complete: the topic is empty' using errcode = 'invalid_parameter_value';
    end if;
    return subsgen.add(topic, null, null);
end
$$;

-- What a process publishes: many at once, which are all there or none. Where the topic is empty, the payload is a notice.
create function subsgen.publish_batch(batch bigint, topics text[], payloads text[], attributes text[]) returns table (partition integer, place bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    sequences regclass[] := (select places from subsgen.bus);
    partitions integer[] := (
        select array_agg(case when topic = '' then 0 else subsgen.partition_of(topic, cardinality(sequences) - 1) end order by number)
        from unnest(topics) with ordinality as topics(topic, number));
begin
    perform subsgen.begin_publishing(concerned, sequences[concerned + 1]), pg_notify('subsgen', concerned::text)
        from (select distinct unnest(partitions) as concerned order by 1) as concerned;
    return query
        insert into subsgen.outbox as o (partition, place, published_at, batch, topic, payload, attributes, size)
        select e.partition, nextval(sequences[e.partition + 1]), clock_timestamp(), publish_batch.batch, e.topic, e.payload, e.attributes,
            coalesce(octet_length(e.payload), 0) + coalesce(octet_length(e.attributes), 0)
        from unnest(partitions, topics, payloads, publish_batch.attributes) as e(partition, topic, payload, attributes)
        returning o.partition, o.place;
end
$$;

-- The camelCase name of a column, as schemas write it.
create function subsgen.camel_case(name text) returns text
language sql immutable strict
as $$
    select string_agg(case when number = 1 then word else upper(left(word, 1)) || substr(word, 2) end, '' order by number)
    from unnest(string_to_array(ltrim(name, '_'), '_')) with ordinality as words(word, number)
$$;

-- A value as it stands in the braces of a topic: all but unreserved characters percent-encoded.
create function subsgen.percent_encode(value text) returns text
language sql immutable strict
as $$
    select coalesce(string_agg(
        case when byte between 48 and 57 or byte between 65 and 90 or byte between 97 and 122 or byte in (45, 46, 95, 126)
            then chr(byte) else '%' || upper(lpad(to_hex(byte), 2, '0')) end, '' order by number), '')
    from (select number, get_byte(bytes, number) as byte
        from (select convert_to(value, 'UTF8') as bytes) as value, generate_series(0, octet_length(bytes) - 1) as number) as bytes
$$;

-- The row of a trigger as an event, under the topic that its arguments name.
create function subsgen.publish_change() returns trigger
language plpgsql
as $$
declare
    topic text := tg_argv[0];
    changed json := case when tg_op = 'DELETE' then to_json(old) else to_json(new) end;
    part text[];
    value text;
begin
    if tg_argv[1] = 'true' then
        select json_object_agg(subsgen.camel_case(key), json_each.value) into changed from json_each(changed);
    end if;
    for part in select regexp_matches(tg_argv[0], '\{([^{}]*)\}', 'g') loop
        value := changed ->> part[1];
        if value is null then
            raise exception 'subsgen: the row has no value for {%} of the topic "%"', part[1], tg_argv[0] using errcode = 'null_value_not_allowed';
        end if;
        topic := replace(topic, '{' || part[1] || '}', subsgen.percent_encode(value));
    end loop;
    perform subsgen.publish(topic, changed, json_build_object('operation', tg_op));
    return null;
end
$$;

-- What the trigger of a topic is called: a name has no room for every topic.
create function subsgen.trigger_name(topic text) returns text
language sql immutable strict
as $$ select 'subsgen_' || left(topic, 10) || '_' || left(md5(topic), 8) $$;

-- Publishes each row of a table that is inserted, updated or deleted. Braces in the topic, as the schema has them, are filled from the row.
create function subsgen.publish_changes(
    relation regclass, topic text, operations text default 'insert or update or delete', camel_case boolean default true) returns void
language plpgsql
as $$
begin
    if operations is null or operations !~* '^(insert|update|delete)( or (insert|update|delete))*$' then
        raise exception 'subsgen.publish_changes: the operations are insert, update and delete, joined by or' using errcode = 'invalid_parameter_value';
    end if;
    perform subsgen.stop_publishing_changes(relation, topic);
    execute format(
        'create trigger %I after %s on %s for each row execute function subsgen.publish_change(%L, %L)',
        subsgen.trigger_name(topic), operations, relation, topic, camel_case::text);
end
$$;

-- Undoes publish_changes.
create function subsgen.stop_publishing_changes(relation regclass, topic text) returns void
language plpgsql
as $$
begin
    if exists (select from pg_catalog.pg_trigger where tgrelid = relation and tgname = subsgen.trigger_name(topic)) then
        execute format('drop trigger %I on %s', subsgen.trigger_name(topic), relation);
    end if;
end
$$;

-- Throws away what is older than so many seconds, at most so many events of a partition, and none that its caller has not read. True where there may be more.
create function subsgen.prune(seconds double precision, read_up_to bigint[], at_most integer) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
declare
    last bigint;
    gone integer;
    is_more boolean := false;
begin
    -- One at a time; the others have nothing to do.
    if not pg_try_advisory_xact_lock(1937072640 - 1, 0) then
        return false;
    end if;
    for number in 0..cardinality(read_up_to) - 1 loop
        select max(place) into last
            from (select place, published_at from subsgen.outbox
                where partition = number and place <= read_up_to[number + 1] order by place limit at_most) as oldest
            where published_at < clock_timestamp() - make_interval(secs => seconds);
        continue when last is null;
        delete from subsgen.outbox where partition = number and place <= last;
        get diagnostics gone = row_count;
        update subsgen.partitions set pruned = greatest(pruned, last) where partition = number;
        is_more := is_more or gone >= at_most;
    end loop;
    return is_more;
end
$$;

-- Begins a new history where the old one was found to have lost events; gives the epoch.
create function subsgen.renew(old_epoch bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
    update subsgen.bus set epoch = ('x' || substr(md5(gen_random_uuid()::text), 1, 16))::bit(64)::bigint where epoch = old_epoch;
    return (select epoch from subsgen.bus);
end
$$;

-- Who may use the schema may publish. What processes on the bus need besides is granted to their role: docs/reference/postgresql.md.
revoke execute on function subsgen.add, subsgen.begin_publishing, subsgen.publish_batch, subsgen.prune, subsgen.renew from public;
