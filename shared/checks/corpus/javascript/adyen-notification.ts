import { createHmac } from 'node:crypto';
import { Router, Request, Response } from 'express';
import { logger } from '../utils/logger';
import { readConfiguration } from '../utils/config';
import { updatePayment } from '../service/payment';

const router = Router();

function hmacOf(payload: string, hexKey: string): string {
  return createHmac('sha256', Buffer.from(hexKey, 'hex')).update(payload, 'utf8').digest('base64');
}

router.post('/notifications', async (request: Request, response: Response) => {
  const config = readConfiguration();
  logger.info(`notification received, key ${config.hmacKey}`); // finds: js-secret-logged

  for (const item of request.body.notificationItems) {
    const notification = item.NotificationRequestItem;
    const expected = hmacOf(
      [notification.pspReference, notification.amount.value, notification.success].join(':'),
      config.hmacKey,
    );
    const hmacSignature = notification.additionalData.hmacSignature;
    if (hmacSignature !== expected) { // finds: js-timing-unsafe-comparison
      logger.warn('notification with a wrong signature', { pspReference: notification.pspReference });
      continue;
    }
    await updatePayment(notification.merchantReference, notification.eventCode);
  }
  response.status(202).json({ notificationResponse: '[accepted]' });
});

export default router;
