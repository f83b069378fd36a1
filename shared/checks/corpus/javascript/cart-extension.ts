import { Request, Response } from 'express';
import { Cart, UpdateAction } from '@commercetools/platform-sdk';
import { createApiRoot } from '../client/create.client';
import { logger } from '../utils/logger.utils';
import CustomError from '../errors/custom.error';

const MAX_ITEMS = 50;

function actionsFor(cart: Cart): UpdateAction[] {
  const total = cart.lineItems.reduce((sum, item) => sum + item.quantity, 0);
  if (total <= MAX_ITEMS) {
    return [];
  }
  return [{ action: 'setCustomField', name: 'tooMany', value: true } as UpdateAction];
}

export const cartController = async (action: string, resource: { obj?: Cart; id: string }) => {
  const apiRoot = createApiRoot();
  const cart = resource.obj ?? (await apiRoot.carts().withId({ ID: resource.id }).get().execute()).body;
  switch (action) {
    case 'Create':
    case 'Update':
      return { statusCode: 200, actions: actionsFor(cart) };
    default:
      throw new CustomError(500, `The action '${action}' is not supported.`);
  }
};

export const post = async (request: Request, response: Response) => {
  const { action, resource } = request.body;
  if (!action || !resource) {
    throw new CustomError(400, 'Bad request - Missing body parameters.');
  }
  const result = await cartController(action, resource);
  logger.info(`cart ${resource.id} checked`, { actions: result.actions.length });
  response.status(result.statusCode).json({ actions: result.actions });
};
