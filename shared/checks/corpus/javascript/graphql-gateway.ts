import { ApolloClient, gql } from '@apollo/client/core';
import { Router, Request, Response } from 'express';
import { createApiRoot } from '../client';
import { requireScope } from '../middleware';

const PRODUCT = gql`
  query Product($sku: String!) {
    product(sku: $sku) { id }
  }
`;

export const routes = (client: ApolloClient<unknown>) => {
  const router = Router();
  router.use(requireScope('view_products'));

  router.get('/product', async (req: Request, res: Response) => {
    const { data } = await client.query({ query: PRODUCT, variables: { sku: req.query.sku } }); // clean
    res.json(data);
  });

  router.get('/stock', async (req: Request, res: Response) => {
    const document = `query { stock(sku: "${req.query.sku}") { amount } }`; // finds: js-graphql-injection
    const { data } = await client.query({ query: gql(document) });
    res.json(data);
  });

  router.get('/orders', async (req: Request, res: Response) => {
    const email = req.query.email as string;
    const orders = await createApiRoot()
      .orders()
      .get({
        queryArgs: {
          where: `customerEmail="${email}"`, // finds: js-commercetools-predicate-injection
          limit: 20,
        },
      })
      .execute();
    res.json(orders.body.results);
  });

  router.get('/my-orders', async (req: Request, res: Response) => {
    const orders = await createApiRoot()
      .orders()
      .get({ queryArgs: { where: 'customerId = :id', 'var.id': req.query.id } }) // clean
      .execute();
    res.json(orders.body.results);
  });
  return router;
};
