"""Step 4, first half: the target becomes a lead, is answered, studied, assigned and becomes a project."""

from playwright.sync_api import Page, expect

from tests.browser.walker import Found, Walk, day, fill, follow, main_says, number_of, path_of, press

PROJECT = "远岫偏光片和光学膜项目"
SPECIALIST = "周予安"


def register_a_lead(walk: Walk, found: Found) -> None:
    """First claim is decided by the server's clock; what registering asks for is filled in."""
    page = walk.by("specialist")
    follow(page, "转为线索")
    page.select_option("[name=source]", index=1)
    fill(
        page,
        content="租用厂房建设偏光片和光学膜生产线",
        total_investment_wan="5.6亿元",
        contact_person="林知远",
        contact_title="投资总监",
        contact_mobile="13800001234",
    )
    walk.shot(page, "04-lead-form")
    press(page, "登记线索")
    expect(page.locator("main").get_by_role("link", name="记一次跟进").first).to_be_visible()
    main_says(page, "已登记", "首报时间")
    found.lead_no, found.lead = number_of(page), path_of(page)
    walk.shot(page, "04-lead", phone=True)


def answer_and_study(walk: Walk, found: Found) -> None:
    """The unit's head names somebody, judges the lead worth following, and gives it to the specialist."""
    page = walk.by("head")
    page.goto(found.lead)
    follow(page, "响应并指定专人")
    _choose_specialist(page)
    press(page, "响应并指定专人")
    main_says(page, "已响应")
    follow(page, "提交研判意见")
    page.get_by_label("跟进", exact=True).check()
    fill(page, study_note="补本市链条的缺口，值得跟进。")
    walk.shot(page, "04-study")
    press(page, "提交研判意见")
    main_says(page, "研判：跟进")
    follow(page, "分派专员")
    _choose_specialist(page)
    press(page, "分派专员")
    main_says(page, "在谈")


def _choose_specialist(page: Page) -> None:
    choice = page.locator("[name=specialist_id] option", has_text=SPECIALIST).get_attribute("value")
    page.select_option("[name=specialist_id]", choice)


def follow_up(walk: Walk, found: Found) -> None:
    """A contact with people, content and a next step; the lead shows when somebody is to speak next."""
    page = walk.by("specialist")
    page.goto(found.lead)
    follow(page, "记一次跟进")
    fill(
        page,
        their_people="林知远 投资总监",
        summary="看了两处标准厂房，倾向一期。",
        next_step="寄送厂房图纸",
        next_on=day(3),
    )
    page.locator("[name=how]").first.check()
    press(page, "保存跟进")
    main_says(page, "寄送厂房图纸")


def become_a_project(walk: Walk, found: Found) -> None:
    """A project is made of a lead, and only with its one specialist."""
    page = walk.by("specialist")
    follow(page, "转为项目")
    fill(page, name=PROJECT, fixed_investment_wan="4.1亿元", factory_sqm="12000", est_output_wan="6亿元")
    page.select_option("[name=land_mode]", "factory")
    page.select_option("[name=park_id]", index=1)
    page.select_option("[name=leader_id]", index=1)
    page.select_option("[name=specialist_id]", "0")
    with walk.refusing(422):
        press(page, "转为项目")
        expect(page.locator("#specialist_id-error")).to_be_visible()
    _choose_specialist(page)
    press(page, "转为项目")
    expect(page.get_by_role("heading", level=1)).to_contain_text(PROJECT)
    main_says(page, SPECIALIST)
    found.project, found.project_no = path_of(page), number_of(page)
    walk.shot(page, "04-project-new", phone=True)
