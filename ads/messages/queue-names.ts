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
} as const;
