/** The name of the environment that a call works in: `production`, `development`. Told by options, then variables. */
import { type Found, firstVariable, type Ground } from './ground.ts';

/** Variables that name it, by program; the first that is set counts, as the frameworks' manuals order them. */
const VARIABLES: readonly (readonly [programs: RegExp, names: readonly string[]])[] = [
  [/^(?:rails|rake)$/, ['RAILS_ENV', 'RACK_ENV']],
  [/^(?:artisan|sail)$/, ['APP_ENV']],
  [/^mix$/, ['MIX_ENV']],
  [/^(?:manage\.py|django-admin)$/, ['DJANGO_ENV', 'DJANGO_SETTINGS_MODULE', 'APP_ENV', 'ENVIRONMENT', 'ENV']],
  [/^(?:flask|alembic|aerich)$/, ['FLASK_ENV', 'APP_ENV', 'ENVIRONMENT', 'ENV']],
  [
    /^(?:prisma2?|drizzle-kit|typeorm.*|sequelize(?:-cli)?|knex|mikro-orm|kysely|db-migrate|node-pg-migrate|payload|strapi|medusa)$/,
    ['NODE_ENV', 'APP_ENV', 'ENVIRONMENT', 'ENV', 'STAGE'],
  ],
  [
    /^(?:sqlx|diesel|sea-orm-cli|sea|goose|migrate|dbmate|atlas|phinx.*|refinery|flyway|liquibase|hasura|dbt)$/,
    ['APP_ENV', 'ENVIRONMENT', 'ENV', 'STAGE'],
  ],
  [/^wrangler$/, ['CLOUDFLARE_ENV']],
];

/** Returns the environment, or null when nothing names it or what does is not known. */
export function environmentOf(ground: Ground): Found | null {
  const { given } = ground.address;
  const named = given['environment'] ?? given['settings'];
  if (typeof named === 'string') return { value: named, from: 'the command' };
  if (named === null) return null;
  const names = VARIABLES.find(([programs]) => programs.test(ground.effect.program))?.[1] ?? [];
  return firstVariable(ground, names) ?? null;
}
