"""Step 4, second half: the plan, admission, the gates of the stages, agreed and received money."""

from playwright.sync_api import Page, expect

from tests.browser.walker import FIRM, FIRM_CODE, Found, Walk, day, fill, follow, main_says, press

CITY = "519900"


def write_the_plan(walk: Walk, found: Found) -> None:
    """The gate refuses a project without plan and names all that is missing; then the plan gets its row."""
    page = walk.by("specialist")
    page.goto(found.project)
    expect(page.locator("#gate")).to_contain_text("还差")
    main_says(page, "一项一策方案（至少一条）")
    with walk.refusing(422):
        _advance(page, found, "admit")
        main_says(page, "还差", "准入还没有通过")
    walk.shot(page, "04-gate-refuses", phone=True)
    page.goto(f"{found.project}/plan/new")
    fill(
        page,
        promise="厂房租金前两年减半",
        basis="区招商协议第 6 条",
        trigger="设备进场",
        amount_wan="240",
        owner="园区管委会",
        due_on=day(60),
    )
    press(page, "增加一条")
    expect(page.locator("#plan")).to_contain_text("厂房租金前两年减半")
    page.goto(f"{found.project}/edit/admission")
    fill(page, fairness_no="公平审〔2026〕18号")
    press(page, "保存这一部分")


def file_the_admission(walk: Walk, found: Found) -> None:
    """No land is supplied, so the promotion office files it; the minutes number is a field of its own."""
    page = walk.by("office")
    page.goto(found.project)
    follow(page, "登记备案")
    fill(page, admission_doc_no="市园区办备〔2026〕31号", admission_decided_on=day(0))
    walk.shot(page, "04-admission")
    press(page, "登记备案")
    expect(page.locator("#admission")).to_contain_text("已备案")


def sign_the_contract(walk: Walk, found: Found) -> None:
    """To 拟签约, then the contract section, then 签约; a scan that is not there yet is excused in words."""
    page = walk.by("specialist")
    _advance(page, found, "admit")
    main_says(page, "已办：转入拟签约")
    page.goto(f"{found.project}/edit/contract")
    page.select_option("[name=agreement_kind]", "contract")
    fill(
        page,
        contract_no="高新投〔2026〕77号",
        tax_per_mu_wan="28.5",
        agreed_start_on=day(30),
        agreed_complete_on=day(200),
        agreed_produce_on=day(260),
        agreed_capacity_on=day(700),
        breach_terms="逾期未投产，退回减免的租金。",
    )
    press(page, "保存这一部分")
    _advance(page, found, "sign", waive_files="纸质件已归档，扫描件下周补传")
    main_says(page, "已办：签约")


def register_the_company(walk: Walk, found: Found) -> None:
    """A wrong credit code is refused at its field; the right one is that of the imported firm."""
    page = walk.by("specialist")
    page.goto(f"{found.project}/edit/company")
    page.select_option("[name=company_region_code]", CITY)
    fill(page, company_name=FIRM, company_uscc=f"{FIRM_CODE[:-1]}8", company_registered_on=day(-30))
    with walk.refusing(422):
        press(page, "保存这一部分")
        expect(page.locator("#company_uscc-error")).to_be_visible()
    walk.shot(page, "04-wrong-code")
    fill(page, company_uscc=FIRM_CODE)
    press(page, "保存这一部分")
    _advance(page, found, "register_company")
    main_says(page, "已办：项目公司注册", FIRM)


def receive_money(walk: Walk, found: Found) -> None:
    """Money that arrived needs a voucher; agreed, fixed and received stand beside each other."""
    page = walk.by("specialist")
    page.goto(found.project)
    follow(page, "登记到位资金")
    fill(page, received_on=day(0), amount_wan="6000")
    with walk.refusing(422):
        press(page, "登记一笔")
        expect(page.locator("#voucher_no-error")).to_be_visible()
    walk.shot(page, "04-no-voucher")
    fill(page, voucher_no="银行回单 20261126-0417")
    press(page, "登记一笔")
    expect(page.locator("#money")).to_contain_text("20261126-0417")
    main_says(page, "资金到位率")
    walk.shot(page, "04-project", phone=True)


def build_and_produce(walk: Walk, found: Found) -> None:
    """On through its gates to production: lease, permit, acceptance, first invoice."""
    page = walk.by("specialist")
    _section(page, found, "land", lease_no="GX-ZL-2026-118")
    _advance(page, found, "land")
    _section(page, found, "works", permit_no="装备〔2026〕9号", permit_on=day(0))
    _advance(page, found, "start", waive_files="现场照片由园区统一拍摄，月底补传")
    _section(page, found, "works", acceptance_no="竣备〔2026〕5号", production_evidence="发票 04417")
    _advance(page, found, "complete")
    _advance(page, found, "produce")
    main_says(page, "已办：投产")
    walk.shot(page, "04-producing", phone=True)


def move_on_the_board(walk: Walk) -> None:
    """A refused move on the board stays where it was and lists what is missing at its card."""
    page = walk.by("specialist")
    page.goto("/projects/board")
    card = page.locator(".lz-board article", has_text="移到…").first
    card.locator("summary").click()
    with walk.refusing(422):
        card.get_by_role("button", name="移动").click()
        expect(page.locator("#refused")).to_contain_text("还差")
    walk.shot(page, "04-board", phone=True)


def _section(page: Page, found: Found, section: str, **values: str) -> None:
    page.goto(f"{found.project}/edit/{section}")
    fill(page, **values)
    press(page, "保存这一部分")
    main_says(page, "已保存。")


def _advance(page: Page, found: Found, verb: str, **values: str) -> None:
    page.goto(f"{found.project}/steps/{verb}")
    fill(page, **values)
    page.locator("main form button.btn-primary").click()
    page.wait_for_load_state()
