import { FIGURES_QUEUE } from '../click-processor/tidings.ts';
import { PENDING_QUEUE } from '../click-processor/write-pending.ts';

/**
 * The queues between the parts of the click system. All are standard queues: what they carry is numbered or dated, and
 * harmless when it comes twice.
 */
export const QUEUE_NAMES = {
  /** Ad server to click processor: requests for links (`click.v1`). */
  clicks: 'clicks',
  /** Ad server to click processor: ads that were seen (`view.v1`). */
  views: 'views',
  /**
   * Click processor to ad servers: campaigns that stop or go on. Each ad server has a queue of its own, because a
   * message reaches only one reader: this name for the only one, `campaign-changes-NAME` for one that was given a name.
   * They are listed in the table `campaign_subscriber`.
   */
  campaignChanges: 'campaign-changes',
  /** Click processor to itself: clicks whose view is not waited for any longer. */
  pendingClicks: PENDING_QUEUE,
  /** Click processor to the alerts: how a campaign stands. */
  campaignFigures: FIGURES_QUEUE,
  /** To the function that writes statements: the figures of one advertiser's day. */
  statements: 'statements',
  /** Alerts and statements on their way into the ledger, by the click processor. */
  reports: 'reports',
} as const;
