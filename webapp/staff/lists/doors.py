"""The doors of the lists together: views and columns, exports."""

from webapp.staff.lists import exports, views

bp = views.bp
bp.register_blueprint(exports.bp)
