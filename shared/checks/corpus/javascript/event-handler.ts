import { Request, Response } from 'express';
import { createApiRoot } from '../client/create.client';
import CustomError from '../errors/custom.error';
import { logger } from '../utils/logger.utils';

interface Message {
  resource: { typeId: string; id: string };
  type: string;
}

export const post = async (request: Request, response: Response) => {
  if (!request.body || !request.body.message) {
    logger.error('Missing request body.');
    throw new CustomError(400, 'Bad request: No Pub/Sub message was received');
  }
  const pubSubMessage = request.body.message;
  const decodedData = pubSubMessage.data
    ? Buffer.from(pubSubMessage.data, 'base64').toString().trim()
    : undefined;
  if (!decodedData) {
    throw new CustomError(400, 'Bad request: The message holds no data');
  }
  const message = JSON.parse(decodedData) as Message;
  if (message.type !== 'CustomerCreated') {
    response.status(204).send();
    return;
  }
  try {
    const customer = await createApiRoot().customers().withId({ ID: message.resource.id }).get().execute();
    logger.info(`customer ${customer.body.id} read`);
    await fetch(`${process.env.CRM_URL}/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${process.env.CRM_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: customer.body.id, email: customer.body.email }),
    });
  } catch (error) {
    throw new CustomError(400, `Bad request: ${error}`);
  }
  response.status(204).send();
};
