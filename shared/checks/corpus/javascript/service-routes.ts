import { Router } from 'express';
import { calculate, cancel, list } from '../service/orders';

const serviceRouter = Router();

serviceRouter.get('/orders', async (req, res, next) => {
  try {
    res.status(200).json(await list(Number(req.query.page ?? 1)));
  } catch (error) {
    next(error);
  }
});

serviceRouter.post('/orders/:id/cancel', async (req, res, next) => { // finds: js-route-without-authentication
  try {
    await cancel(req.params.id, req.body.reason);
    res.status(204).send();
  } catch (error) {
    next(error);
  }
});

serviceRouter.post('/prices', async (req, res) => { // finds: js-route-without-authentication
  res.json({ total: calculate(req.body.items) });
});

export default serviceRouter;
