import { Body, Controller, Get, Param, Post, Query, Headers, UseGuards } from '@nestjs/common';
import { HttpService } from '@nestjs/axios';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { readFile } from 'node:fs/promises';
import { JwtGuard } from '../guards/jwt.guard';
import { Shop } from './shop.entity';

@Controller('imports')
@UseGuards(JwtGuard)
export class ImportController {
  constructor(
    private readonly httpService: HttpService,
    @InjectRepository(Shop) private readonly shops: Repository<Shop>,
  ) {}

  @Post()
  async start(@Body() body: { feedUrl: string }) {
    const feed = await this.httpService.axiosRef.get(body.feedUrl); // finds: js-ssrf
    return { size: feed.data.length };
  }

  @Get('log/:name')
  async log(@Param('name') name: string) {
    return readFile(`/var/log/imports/${name}`, 'utf8'); // finds: js-path-traversal
  }

  @Get('shops')
  async find(@Query('name') name: string) {
    return this.shops // finds: js-sql-raw-fragment
      .createQueryBuilder('shop')
      .where(`shop.name = '${name}'`)
      .getMany();
  }

  @Get('shops/safe')
  async findSafely(@Query('name') name: string) {
    return this.shops.createQueryBuilder('shop').where('shop.name = :name', { name }).getMany(); // clean
  }

  @Get('one')
  async one(@Query('id') id: string, @Headers('x-tenant') tenant: string) {
    return this.shops.findOne({ where: { id, tenant } }); // clean
  }
}
