/** Connection strings: where they lead is told, and never with whose password. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { harmless, readConnection } from '../../src/effects/connection.ts';

test.each([
  [
    'postgres://u:p@db.example.com:5432/app?sslmode=require',
    { scheme: 'postgres', host: 'db.example.com', name: 'app' },
  ],
  ['postgresql+psycopg2://u:p@[::1]:5432/app', { scheme: 'postgresql', host: '::1', name: 'app' }],
  ['postgres:///app?host=/var/run/postgresql', { scheme: 'postgres', host: '/var/run/postgresql', name: 'app' }],
  ['mongodb://u:p@a:27017,b:27017/app?replicaSet=r', { scheme: 'mongodb', host: 'a,b', name: 'app' }],
  ['redis://:secret@cache:6379/0', { scheme: 'redis', host: 'cache', name: '0' }],
  ['jdbc:postgresql://db:5432/app?user=u&password=p', { scheme: 'postgresql', host: 'db', name: 'app' }],
  ['host=db dbname=app password=p', { scheme: 'postgres', host: 'db', name: 'app' }],
  ['file:./dev.db', { scheme: 'sqlite', file: './dev.db' }],
  ['sqlite:///app.db', { scheme: 'sqlite', file: 'app.db' }],
  ['sqlite:////srv/app.db', { scheme: 'sqlite', file: '/srv/app.db' }],
])('%s leads where it says', (text, place) => {
  expect(readConnection(text)).toEqual({ host: null, name: null, file: null, ...place });
});

test.each(['postgres://u:p?w@host/app', 'postgres://host/app?options=a@b', 'plain', 'mailto:me@example.com', ''])(
  '%s is not read: a password can not be told from the rest',
  (text) => {
    expect(readConnection(text)).toBeNull();
  },
);

test('no password of a connection string is shown, whatever characters it holds', () => {
  const password = fc.stringMatching(/^[!-~]{4,20}$/);
  fc.assert(
    fc.property(password, (secret) => {
      const kept = harmless('DATABASE_URL', `postgres://user:${secret}-hidden@db.example.com/app`);
      expect(kept ?? '').not.toContain('hidden');
    }),
  );
});
