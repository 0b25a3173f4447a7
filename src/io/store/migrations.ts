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
];
