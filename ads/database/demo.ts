import type postgres from 'postgres';
import { createCampaign } from '../ledger/campaigns.ts';
import { deposit, fundCampaign } from '../ledger/money.ts';

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

/** Puts a small ad network into an empty database; what a killed start left half done is completed. */
export async function seedDemo(sql: postgres.Sql): Promise<void> {
  const [present] = await sql`SELECT 1 FROM ad LIMIT 1`;
  if (present !== undefined) return;
  for (const [index, name] of ADVERTISERS.entries())
    await sql`INSERT INTO advertiser (advertiser_id, name) VALUES (${index + 1}, ${name}) ON CONFLICT DO NOTHING`;
  for (const [index, name] of PUBLISHERS.entries())
    await sql`INSERT INTO publisher (publisher_id, name) VALUES (${index + 1}, ${name}) ON CONFLICT DO NOTHING`;
  for (const campaign of CAMPAIGNS) await seedCampaign(sql, campaign);
  await sql`
    INSERT INTO ad (ad_id, campaign_id, headline, target_url)
    SELECT * FROM jsonb_to_recordset(${JSON.stringify(ADS)}::text::jsonb)
      AS row (id integer, campaign integer, headline text, url text)
    ON CONFLICT DO NOTHING`;
}

async function seedCampaign(sql: postgres.Sql, campaign: (typeof CAMPAIGNS)[number]): Promise<void> {
  const { id, advertiser, name, price, limit } = campaign;
  const [present] = await sql`SELECT 1 FROM campaign WHERE campaign_id = ${id}`;
  if (present === undefined) {
    const settings = { name, state: 'active', priceMicros: price } as const;
    await createCampaign(sql, { campaignId: id, advertiserId: advertiser, ...settings });
  }
  const payment = { key: `demo:${id}`, amountMicros: limit };
  await deposit(sql, advertiser, payment);
  await fundCampaign(sql, id, payment);
}
