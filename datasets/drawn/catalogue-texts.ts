/** Words of a catalogue page in one language. */
export interface CatalogueTexts {
  readonly language: string;
  readonly title: readonly string[];
  readonly sentences: readonly string[];
  readonly columns: readonly string[];
  readonly axes: readonly [horizontal: string, vertical: string];
  readonly order: string;
  readonly parts: readonly string[];
  readonly medium: readonly string[];
  readonly footer: string;
}

export const catalogueTexts: readonly CatalogueTexts[] = [
  {
    language: 'ru',
    title: ['Клапаны обратные', 'Вентили игольчатые', 'Фитинги обжимные', 'Регуляторы давления', 'Фильтры сетчатые'],
    sentences: [
      'Корпус из нержавеющей стали S316, уплотнение FKM или EPDM по заказу.',
      'Рабочее давление до 413 бар при 20 °C, испытано по ГОСТ Р 53402-2009.',
      'Присоединение: резьба NPT 1/2", G3/4 или M20x1,5, фланцы по ГОСТ 33259-2015.',
      'Не предназначено для работы с кислородом; см. раздел O.D. на стр. 47.',
      'Изготовитель: ООО «Восток», ТУ 3742-015-12345678-2019, маркировка 2Ex nA IIC T4 Gc X.',
      'Степень защиты IP65, питание 24 В пост. тока, потребление не более 0,8 А.',
      'Температура среды от –40 до +150 °C, вязкость не более 25 сСт.',
      'Поставляется в собранном виде; комплект KA-02 и кронштейн HB3 заказывают отдельно.',
    ],
    columns: ['Обозначение', 'DN', 'A, мм', 'B, мм', 'Масса, кг', 'Kv', 'Цена, руб.'],
    axes: ['Расход Q, л/мин', 'Перепад давления, бар'],
    order: 'Код для заказа',
    parts: ['Серия', 'Проход, мм', 'Материал', 'Резьба', 'Питание'],
    medium: ['Вода', 'Масло', 'Воздух', 'Азот'],
    footer: 'Изготовитель вправе изменить размеры без уведомления. Отдел продаж: +7 (495) 123-45-67, доб. 208',
  },
  {
    language: 'en',
    title: ['Check valves', 'Needle valves', 'Compression fittings', 'Pressure regulators', 'Strainers'],
    sentences: [
      'Body of stainless steel S316, seals of FKM or EPDM to order.',
      'Working pressure up to 6000 psi (413 bar) at 70 °F, tested to ISO 15848-1.',
      'Ends: 1/2" NPT, G3/4 or M20x1.5 threads, flanges to EN 1092-1 PN16.',
      'Not for oxygen service; see O.D. of tubes on page 47.',
      'Marking II 2 G Ex db IIC T6 Gb, certificate KEMA 01ATEX2154 X.',
      'Protection IP65, supply 24 V DC, at most 0.8 A.',
      'Fluid temperature -40 to +150 °C, viscosity up to 25 cSt.',
      'Kit KA-02 and bracket HB3 are ordered apart.',
    ],
    columns: ['Part no.', 'DN', 'A, mm', 'B, mm', 'Weight, kg', 'Cv', 'Price, EUR'],
    axes: ['Flow Q, l/min', 'Pressure drop, bar'],
    order: 'How to order',
    parts: ['Series', 'Bore, mm', 'Material', 'Thread', 'Supply'],
    medium: ['Water', 'Oil', 'Air', 'Nitrogen'],
    footer: 'Dimensions are subject to change without notice. Sales: +44 20 7946 0958, ext. 208',
  },
];
