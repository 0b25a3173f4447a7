/** One step of the schema. Released steps are never changed; the next one is added after them. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** One statement each, in the SQL of PostgreSQL 15. Old and new versions of the service run side by side for a while: add first, remove a release later. */
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    name: 'addresses, deliveries, questions, audit',
    statements: [
      `create table addresses (
        person text not null,
        platform text not null,
        tenant text not null,
        conversation text not null,
        "user" text not null,
        service_url text not null,
        bot text not null,
        updated_at timestamptz not null,
        primary key (person, platform)
      )`,
      // `reason`: why it is not sent yet or why it failed. `not_before`: the platform asked to wait. `content`: the card as it left.
      `create table deliveries (
        id bigint generated always as identity primary key,
        pack text not null,
        digest text not null,
        period_from date not null,
        period_to date not null,
        recipient text not null,
        state text not null default 'owed' check (state in ('owed', 'sending', 'delivered', 'unsure', 'failed')),
        due_at timestamptz not null,
        state_at timestamptz not null,
        not_before timestamptz,
        attempts integer not null default 0,
        reason text,
        platform text,
        conversation text,
        message_id text,
        picture_sent boolean,
        content jsonb,
        content_hash text,
        unique (pack, digest, period_from, recipient),
        check (state <> 'delivered' or message_id is not null)
      )`,
      `create index deliveries_open on deliveries (state, due_at) where state in ('owed', 'sending')`,
      `create table delivery_moves (
        id bigint generated always as identity primary key,
        delivery bigint not null references deliveries (id),
        from_state text,
        to_state text not null,
        at timestamptz not null,
        reason text,
        actor text not null
      )`,
      `create index delivery_moves_of on delivery_moves (delivery, id)`,
      `create table questions (
        id bigint generated always as identity primary key,
        person text not null,
        platform text not null,
        asked_at timestamptz not null,
        text text not null,
        kind text not null,
        reading jsonb not null
      )`,
      `create table audit (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        actor text not null,
        action text not null,
        detail jsonb not null
      )`,
      `create table seen_events (
        platform text not null,
        id text not null,
        at timestamptz not null,
        primary key (platform, id)
      )`,
    ],
  },
  {
    version: 2,
    name: 'by what an address was known',
    statements: ["alter table addresses add column known_as text not null default ''"],
  },
  {
    version: 3,
    name: 'the whole life of a delivery',
    statements: [
      // Version 2 was made for one process and could call a delivery of another worker interrupted. It owes by a constraint that
      // goes here, so one that still runs beside this schema owes and sends nothing more; what it is sending now it still records.
      'alter table deliveries drop constraint deliveries_pack_digest_period_from_recipient_key',
      'alter table deliveries drop constraint deliveries_state_check',
      `alter table deliveries add constraint deliveries_state_check check (state in ('owed', 'held', 'ready', 'sending', 'delivered', 'unsure', 'failed', 'withdrawn'))`,
      // `kind`: page, notice, correction, receipt or alarm; `about` tells several of a kind apart. `payload`: what a message other
      // than a page says. `figures`, `data`: what a page showed, and of which load. `address`: where it went. `lease_until`: until
      // then its sender may be at it. `wake_at`: when a wake-up was last put in the queue. `repeated`: it may have been sent before.
      // `told`: its failure stands in an alarm.
      `alter table deliveries add column kind text not null default 'page', add column about text not null default '', add column payload jsonb,
        add column figures jsonb, add column data jsonb, add column address jsonb, add column lease_until timestamptz, add column wake_at timestamptz,
        add column sent_at timestamptz, add column late boolean not null default false, add column repeated boolean not null default false,
        add column told boolean not null default false, add column seen_at timestamptz`,
      'alter table deliveries add constraint deliveries_once unique (pack, digest, period_from, recipient, kind, about)',
      'drop index deliveries_open',
      `create index deliveries_open on deliveries (state, wake_at) where state in ('owed', 'held', 'ready', 'sending', 'unsure')`,
      // A period of a pack that someone has said is complete; `source`: of this source only, empty for all.
      `create table closed_periods (
        pack text not null,
        period_from date not null,
        period_to date not null,
        source text not null default '',
        closed_at timestamptz not null,
        actor text not null,
        primary key (pack, period_from, period_to, source)
      )`,
      // When a conversation, or a platform as a whole, may be written to next. `taken`: whether who asked last has that moment.
      'create table paces (bucket text primary key, free_at timestamptz not null, taken boolean not null default true)',
      // What one process does for all: who has it, and until when.
      'create table leases (name text primary key, holder text not null, until timestamptz not null)',
      // A state brought back from a backup does not know what was sent between the two.
      'create table restores (backup_at timestamptz not null, restored_at timestamptz not null)',
    ],
  },
  {
    version: 4,
    name: 'an audit that shows what was taken out',
    statements: [
      // `digest`: hash of what the entry says with `salt`; `chain`: hash of the chain before it and its digest. Entries from before have none.
      'alter table audit add column salt text, add column digest text, add column chain text',
      `create table audit_head (one boolean primary key default true check (one), chain text not null)`,
      `insert into audit_head (chain) values ('')`,
      // Nothing is changed or taken out but by erasing a person, which says so.
      `create function audit_is_kept() returns trigger language plpgsql as $$
       begin
         if current_setting('overblik.erasing', true) is distinct from 'yes' then raise exception 'the audit is only added to'; end if;
         return case when tg_op = 'DELETE' then old else new end;
       end $$`,
      'create trigger audit_is_kept before update or delete on audit for each row execute function audit_is_kept()',
    ],
  },
  {
    version: 5,
    name: 'access by request, and what is kept how long',
    statements: [
      // `told_at`: when the analysts, and after a decision the one who asked, were told of it; null: they are to be.
      `create table access_requests (
        id bigint generated always as identity primary key,
        platform text not null,
        tenant text not null,
        "user" text not null,
        email text,
        name text,
        address jsonb,
        asked_at timestamptz not null,
        state text not null default 'open' check (state in ('open', 'granted', 'declined')),
        decided_at timestamptz,
        decided_by text,
        person text,
        told_at timestamptz
      )`,
      `create unique index access_requests_open on access_requests (platform, tenant, "user") where state = 'open'`,
      // The account that is this person of a pack, by an analyst's word; one account a person, one person an account.
      `create table accounts (
        pack text not null,
        person text not null,
        platform text not null,
        tenant text not null,
        "user" text not null,
        granted_at timestamptz not null,
        granted_by text not null,
        primary key (pack, person, platform),
        unique (pack, platform, tenant, "user")
      )`,
      // Questions are kept as long as their pack says.
      'alter table questions add column pack text',
    ],
  },
  {
    version: 6,
    name: 'an audit that accounts for what was erased',
    statements: [
      // What was blanked until now stands as one entry of the chain: from here on every blank row is accounted for. The version before may
      // have blanked the entries that counted them. Its own entries keep their digest, two hashes with a dot between them tell the later ones.
      `with counted as (
         select count(*) as n, to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, md5(random()::text || clock_timestamp()::text) as salt
         from audit where salt is null and actor = 'erased' and detail = '{}'),
       digested as (
         select *, encode(sha256(convert_to('["' || at || '","recounted"]', 'UTF8')), 'hex') || '.' || encode(sha256(convert_to('["migration",{"blank":' || n || '},"' || salt || '"]', 'UTF8')), 'hex') as digest
         from counted where n > 0),
       kept as (
         insert into audit (at, actor, action, detail, salt, digest, chain)
         select at::timestamptz, 'migration', 'recounted', jsonb_build_object('blank', n), salt, digest, encode(sha256(convert_to(head.chain || digest, 'UTF8')), 'hex') from digested, audit_head as head returning chain)
       update audit_head set chain = kept.chain from kept`,
      // Hashes of what left with it: its words, its picture, its spreadsheet.
      'alter table deliveries add column shown jsonb',
    ],
  },
  {
    version: 7,
    name: 'who a delivery went to',
    statements: [
      // By what the recipient was known when it left, for a role goes from one person to the next. Null: nobody in particular, or sent by a version before this one.
      'alter table deliveries add column known_as text',
    ],
  },
  {
    version: 8,
    name: 'which data are the newest, and who has which',
    statements: [
      // A source's data, by what they hold, and since when they are the newest there are.
      `create table data_versions (
        pack text not null,
        source text not null,
        version text not null,
        written_at timestamptz,
        since timestamptz not null,
        primary key (pack, source, version)
      )`,
      `create table data_held (
        worker text not null,
        pack text not null,
        source text not null,
        version text not null,
        rows bigint not null,
        written_at timestamptz,
        loaded_at timestamptz,
        seen_at timestamptz not null,
        primary key (worker, pack, source)
      )`,
    ],
  },
];
