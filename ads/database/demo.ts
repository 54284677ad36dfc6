import type postgres from 'postgres';

const ADVERTISERS = ['Northwind Bicycles', 'Alder Coffee', 'Harbour Books', 'Lumen Lamps'];
const PUBLISHERS = ['Daily Tide', 'Weekend Gardener', 'Byte Street'];
/** One small budget, so that running out is seen; the others last for millions of clicks. */
const CAMPAIGNS = [
  { id: 1, advertiser: 1, name: 'Spring ride', price: 250_000, limit: 900_000_000_000 },
  { id: 2, advertiser: 1, name: 'Last frames', price: 400_000, limit: 60_000_000 },
  { id: 3, advertiser: 2, name: 'Morning roast', price: 180_000, limit: 700_000_000_000 },
  { id: 4, advertiser: 3, name: 'Sea stories', price: 120_000, limit: 500_000_000_000 },
  { id: 5, advertiser: 4, name: 'Winter light', price: 310_000, limit: 800_000_000_000 },
];
const ADS = [
  { id: 11, campaign: 1, headline: 'Ride out of winter', url: 'https://bicycles.example/spring' },
  { id: 12, campaign: 1, headline: 'A bicycle for every hill', url: 'https://bicycles.example/hills' },
  { id: 21, campaign: 2, headline: 'The last frames of the year', url: 'https://bicycles.example/frames' },
  { id: 31, campaign: 3, headline: 'Coffee roasted this morning', url: 'https://coffee.example/roast' },
  { id: 41, campaign: 4, headline: 'Forty stories of the sea', url: 'https://books.example/sea' },
  { id: 51, campaign: 5, headline: 'Light for long evenings', url: 'https://lamps.example/winter' },
];

/** Puts a small ad network into an empty database; leaves a filled one as it is. */
export async function seedDemo(sql: postgres.Sql): Promise<void> {
  await sql.begin(async (transaction) => {
    const rows = (names: readonly string[]): readonly { id: number; name: string }[] =>
      names.map((name, index) => ({ id: index + 1, name }));
    await transaction`LOCK TABLE advertiser IN EXCLUSIVE MODE`;
    const present = await transaction`SELECT 1 FROM advertiser LIMIT 1`;
    if (present.length > 0) return;
    for (const { id, name } of rows(ADVERTISERS))
      await transaction`INSERT INTO advertiser VALUES (${id}, ${name})`;
    for (const { id, name } of rows(PUBLISHERS))
      await transaction`INSERT INTO publisher VALUES (${id}, ${name})`;
    for (const one of CAMPAIGNS) {
      await transaction`INSERT INTO campaign VALUES (${one.id}, ${one.advertiser}, ${one.name}, 'active', ${one.price})`;
      await transaction`INSERT INTO budget VALUES (${one.id}, ${one.limit}, 0)`;
    }
    for (const ad of ADS) {
      await transaction`INSERT INTO ad VALUES (${ad.id}, ${ad.campaign}, ${ad.headline}, ${ad.url})`;
    }
  });
}
